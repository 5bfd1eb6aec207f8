import {nameHints} from '../foundation/nearest-name.js'
import {dimensions} from '../foundation/quantity.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Constant} from './accelerator.js'
import type {Leaf} from './leaves.js'

type Raw = Readonly<Record<string, unknown>>

/** Every written number with its source: its own, or that of the nearest section around it. A number without one is an error. */
export function sourcedConstants(source: SpecSource, leaves: readonly Leaf[]): Constant[] {
  const known = Object.keys(((source.data as Raw)['sources'] ?? {}) as Raw)
  const written = leaves.filter(({pointer}) => chainOf(source.data, pointer.split('/').slice(1)).at(-1) !== undefined)
  return written.map((leaf) => {
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
function nearestNote(data: unknown, pointer: string, key: NoteKey): string | undefined {
  const keys = pointer.split('/').slice(1)
  const chain = chainOf(data, keys)
  for (let depth = keys.length; depth >= 0; depth--) {
    const note = noteAt(chain, keys, depth, key)
    if (note !== undefined) return note
    if (key === 'estimate' && noteAt(chain, keys, depth, 'source') !== undefined) return undefined
  }
  return undefined
}

type NoteKey = 'source' | 'estimate'

/** A note inside the value at a depth, or beside it as `voltageSource` stands beside `voltage`. */
function noteAt(chain: readonly unknown[], keys: readonly string[], depth: number, key: NoteKey): string | undefined {
  const inside = textAt(chain[depth], key)
  if (inside !== undefined || depth === 0) return inside
  return textAt(chain[depth - 1], `${keys[depth - 1]}${key === 'source' ? 'Source' : 'Estimate'}`)
}

function textAt(holder: unknown, key: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined
  const value = (holder as Raw)[key]
  return typeof value === 'string' ? value : undefined
}

function chainOf(data: unknown, keys: readonly string[]): unknown[] {
  const chain: unknown[] = [data]
  for (const key of keys) chain.push((chain.at(-1) as Raw | undefined)?.[key])
  return chain
}
