import {nameHints} from '../foundation/nearest-name.js'
import {dimensions} from '../foundation/quantity.js'
import type {LayeredSource} from '../spec/layered-source.js'
import type {YamlSource} from '../spec/yaml-source.js'
import type {Constant} from './accelerator.js'
import type {Leaf} from './leaves.js'
import type {Parameters} from './parameters.js'

type Raw = Readonly<Record<string, unknown>>

/** Where a value comes from: a name under `sources`, or `--set`; how it was estimated, when it was. */
interface Notes {
  readonly source: string
  readonly estimate?: string
}

/** The source of a value that was set from outside. */
const setSource = '--set'

/**
 * Every written number with its source: the nearest note around it in the file that writes it, since what a base says of its
 * own numbers tells nothing of those that replace them. A number without one is an error.
 */
export function sourcedConstants(
  source: LayeredSource,
  leaves: readonly Leaf[],
  parameters: Parameters,
  overrides: ReadonlySet<YamlSource>,
): Constant[] {
  const written = leaves.filter(({pointer}) => chainOf(source.data, keysOf(pointer)).at(-1) !== undefined)
  return written.map((leaf) => {
    const {pointer, expression, value, dimension} = leaf
    const notes = notesBehind(source, pointer, expression.text, parameters, overrides)
    if (notes === undefined) throw missingSource(source, leaf)
    return {pointer, text: expression.text, value, unit: dimensions[dimension].unit, ...notes}
  })
}

/** The notes of the parameter where a value only names one, else the value's own. */
function notesBehind(
  source: LayeredSource,
  pointer: string,
  text: string,
  parameters: Parameters,
  overrides: ReadonlySet<YamlSource>,
): Notes | undefined {
  const named = parameters.ordered.find(({name}) => name === text.trim())
  const behind = named && notesBehind(source, `/parameters/${named.name}`, named.expression.text, parameters, overrides)
  if (behind !== undefined) return behind
  const layer = layerOf(source, pointer)
  if (overrides.has(layer)) return {source: setSource}
  const cited = nearestNote(layer.data, pointer, 'source')
  if (cited === undefined) return undefined
  checkKnown(source, layer, pointer, cited)
  const estimate = nearestNote(layer.data, pointer, 'estimate')
  return estimate === undefined ? {source: cited} : {source: cited, estimate}
}

/** The most derived layer that writes the value, or a note beside it as `voltageSource` stands beside `voltage`. */
function layerOf(source: LayeredSource, pointer: string): YamlSource {
  const keys = keysOf(pointer)
  return source.layers.find(({data}) => {
    const chain = chainOf(data, keys)
    return chain.at(-1) !== undefined || keys.some((key, depth) => noteKeys.some((note) => has(chain[depth], besideKey(key, note))))
  })!
}

function missingSource(source: LayeredSource, {pointer, expression}: Leaf): Error {
  const layer = layerOf(source, pointer)
  const isBase = layer === source.layers.at(-1)
  const hints = [
    'add `source: NAME`, a name under `sources`, here or around it',
    ...(isBase
      ? []
      : [`what ${layer.file} writes needs a source in it; those of the files that it extends vouch for their own values only`]),
  ]
  return layer.error(pointer, `${expression.text} has no source`, hints, 'SOURCE_MISSING')
}

function checkKnown(source: LayeredSource, layer: YamlSource, pointer: string, cited: string): void {
  const known = Object.keys(((source.data as Raw)['sources'] ?? {}) as Raw)
  const name = cited.split(',')[0]!.trim()
  if (!known.includes(name))
    throw layer.error(pointer, `its source "${name}" is not under \`sources\``, nameHints(name, known), 'SOURCE_UNKNOWN')
}

/** The `source` or `estimate` that holds at a pointer. An own source without an estimate ends an outer estimate. */
function nearestNote(data: unknown, pointer: string, key: NoteKey): string | undefined {
  const keys = keysOf(pointer)
  const chain = chainOf(data, keys)
  for (let depth = keys.length; depth >= 0; depth--) {
    const note = noteAt(chain, keys, depth, key)
    if (note !== undefined) return note
    if (key === 'estimate' && noteAt(chain, keys, depth, 'source') !== undefined) return undefined
  }
  return undefined
}

const noteKeys = ['source', 'estimate'] as const
type NoteKey = (typeof noteKeys)[number]

/** A note inside the value at a depth, or beside it. */
function noteAt(chain: readonly unknown[], keys: readonly string[], depth: number, key: NoteKey): string | undefined {
  const inside = textAt(chain[depth], key)
  if (inside !== undefined || depth === 0) return inside
  return textAt(chain[depth - 1], besideKey(keys[depth - 1]!, key))
}

const besideKey = (key: string, note: NoteKey): string => `${key}${note === 'source' ? 'Source' : 'Estimate'}`

function textAt(holder: unknown, key: string): string | undefined {
  const value = has(holder, key) ? holder[key] : undefined
  return typeof value === 'string' ? value : undefined
}

function has(holder: unknown, key: string): holder is Raw {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
}

const keysOf = (pointer: string): string[] => pointer.split('/').slice(1)

function chainOf(data: unknown, keys: readonly string[]): unknown[] {
  const chain: unknown[] = [data]
  for (const key of keys) chain.push((chain.at(-1) as Raw | null | undefined)?.[key])
  return chain
}
