import {type OperandRole, operandRoles} from '../foundation/resource.js'
import {pointerTo} from '../spec/yaml-source.js'
import {field, type Raw, type Reader} from './field.js'
import type {MappingTraits} from './machine.js'

/** What a memory level of a file says to those who map loop nests on it. */
export function mappingTraits<N>(reader: Reader<N>, raw: Raw, pointer: string): MappingTraits<N> {
  const partitions = (raw['partitions'] ?? {}) as Raw
  const own = field(reader, partitions, pointerTo(pointer, 'partitions'))
  const partitioned = operandRoles.filter((role) => partitions[role] !== undefined)
  if (partitioned.length > 0 && raw['operands'] !== undefined)
    throw reader.source.error(pointerTo(pointer, 'operands'), '`operands` and `partitions` exclude each other', [
      'keep `partitions`: it names the operands already',
    ])
  return {
    accessBytes: raw['access'] === undefined ? undefined : field(reader, raw, pointer)('access', 'bytes'),
    isMulticast: raw['multicast'] as boolean | undefined,
    isReducing: raw['reduction'] as boolean | undefined,
    bufferCount: raw['buffers'] as 1 | 2 | undefined,
    operands: (raw['operands'] ?? (partitioned.length > 0 ? partitioned : operandRoles)) as readonly OperandRole[],
    partitionBytes: Object.fromEntries(partitioned.map((role) => [role, own(role, 'bytes')])),
  }
}
