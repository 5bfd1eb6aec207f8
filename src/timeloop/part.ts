import path from 'node:path'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'

/** A value of a Timeloop file that knows its place. */
export interface Part {
  readonly source: SpecSource
  readonly pointer: string
  readonly value: unknown
}

/** What a Timeloop file says that has no counterpart here, at its place. */
export function refusal({source, pointer}: Part, message: string, hints: readonly string[] = []): Error {
  return source.error(pointer, message, hints, 'TIMELOOP_UNSUPPORTED')
}

/** What no reading of a Timeloop file makes sense of, at its place. */
export function fault({source, pointer}: Part, message: string, hints: readonly string[] = []): Error {
  return source.error(pointer, message, hints, 'TIMELOOP_INVALID')
}

/** The first of these keys that a map has, with dashes or underscores; Timeloop reads both alike. */
export function child(part: Part, ...keys: readonly string[]): Part | undefined {
  const map = mapOf(part)
  for (const key of keys) {
    const written = [key, key.replaceAll('_', '-')].find((name) => Object.hasOwn(map, name))
    if (written !== undefined) return {source: part.source, pointer: pointerTo(part.pointer, written), value: map[written]}
  }
  return undefined
}

/** The entries of a list; a missing one has none. */
export function items(part: Part | undefined): Part[] {
  if (part === undefined || part.value === null || part.value === undefined) return []
  if (!Array.isArray(part.value)) throw fault(part, 'this is not a list')
  return part.value.map((value: unknown, index) => ({source: part.source, pointer: pointerTo(part.pointer, index), value}))
}

/** The values of a map by key. */
export function entries(part: Part | undefined): [string, Part][] {
  if (part === undefined || part.value === null) return []
  return Object.entries(mapOf(part)).map(([key, value]) => [key, {source: part.source, pointer: pointerTo(part.pointer, key), value}])
}

/** The map that a value is. */
export function mapOf(part: Part): Readonly<Record<string, unknown>> {
  const {value} = part
  if (value === null || value === undefined) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw fault(part, 'this is not a map')
}

/** The text of a value. */
export function textOf(part: Part): string {
  if (typeof part.value === 'string' || typeof part.value === 'number') return String(part.value)
  throw fault(part, 'this is not text')
}

/** The text at a key, where there is one. */
export function textAt(part: Part, key: string): string | undefined {
  const found = child(part, key)
  return found === undefined ? undefined : textOf(found)
}

/** The number of a value. */
export function numberOf(part: Part): number {
  const number = typeof part.value === 'string' && part.value.trim() !== '' ? Number(part.value) : part.value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw fault(part, `${JSON.stringify(part.value)} is not a number`, ['Timeloop takes plain numbers here'])
}

/** The number at the first of these keys, where there is one. */
export function numberAt(part: Part, ...keys: readonly string[]): number | undefined {
  const found = child(part, ...keys)
  return found === undefined ? undefined : numberOf(found)
}

/** The whole number of one or more at the first of these keys, where there is one. */
export function countAt(part: Part, ...keys: readonly string[]): number | undefined {
  const found = child(part, ...keys)
  if (found === undefined) return undefined
  const count = numberOf(found)
  if (Number.isInteger(count) && count > 0) return count
  throw fault(found, `${count} is not a whole number of one or more`)
}

/** The file of a value, without its folder. */
export function fileName({source}: Part): string {
  return path.basename(source.file)
}
