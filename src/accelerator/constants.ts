import {nameHints} from '../foundation/nearest-name.js'
import {dimensions} from '../foundation/quantity.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Constant} from './accelerator.js'
import type {Leaf} from './leaves.js'

type Raw = Readonly<Record<string, unknown>>

/** Every numeric field with its source: its own, or that of the nearest section around it. A field without one is an error. */
export function sourcedConstants(source: SpecSource, leaves: readonly Leaf[]): Constant[] {
  const known = Object.keys(((source.data as Raw)['sources'] ?? {}) as Raw)
  return leaves.map((leaf) => {
    const cited = nearestNote(source.data, leaf.pointer, 'source')
    if (cited === undefined)
      throw source.error(
        leaf.pointer,
        `${leaf.expression.text} has no source`,
        ['add `source: NAME`, a name under `sources`, here or around it'],
        'SOURCE_MISSING',
      )
    const name = cited.split(',')[0]!.trim()
    if (!known.includes(name))
      throw source.error(leaf.pointer, `its source "${name}" is not under \`sources\``, nameHints(name, known), 'SOURCE_UNKNOWN')
    const estimate = nearestNote(source.data, leaf.pointer, 'estimate')
    const base = {
      pointer: leaf.pointer,
      text: leaf.expression.text,
      value: leaf.value,
      unit: dimensions[leaf.dimension].unit,
      source: cited,
    }
    return estimate === undefined ? base : {...base, estimate}
  })
}

/** The `source` or `estimate` that holds at a pointer. An own source without an estimate ends an outer estimate. */
function nearestNote(data: unknown, pointer: string, key: 'source' | 'estimate'): string | undefined {
  const keys = pointer.split('/').slice(1)
  const chain: unknown[] = [data]
  for (const each of keys) chain.push((chain.at(-1) as Raw | undefined)?.[each])
  for (let depth = keys.length; depth >= 0; depth--) {
    const sibling = depth < keys.length ? `${keys[depth]}${key === 'source' ? 'Source' : 'Estimate'}` : undefined
    const holder = chain[depth]
    if (typeof holder !== 'object' || holder === null) continue
    const notes = holder as Raw
    if (sibling !== undefined && typeof notes[sibling] === 'string') return notes[sibling]
    if (typeof notes[key] === 'string') return notes[key]
    if (
      key === 'estimate' &&
      (typeof notes['source'] === 'string' || (sibling !== undefined && typeof notes[`${keys[depth]}Source`] === 'string'))
    )
      return undefined
  }
  return undefined
}
