import path from 'node:path'
import {nameHints} from '../foundation/nearest-name.js'
import {canonicalUnit, dimensions} from '../foundation/quantity.js'
import {packageRoot} from '../spec/catalogue.js'
import type {LayeredSource} from '../spec/layered-source.js'
import {located} from '../spec/located.js'
import type {YamlSource} from '../spec/yaml-source.js'
import type {Constant} from './accelerator.js'
import type {Leaf} from './leaves.js'
import type {Parameters} from './parameters.js'
import {type Range, rangeEnds} from './range.js'

type Raw = Readonly<Record<string, unknown>>

/** Where a value comes from: a name under `sources`, or `--set`; how it was estimated, when it was, and how far off it may be. */
interface Notes {
  readonly source: string
  readonly estimate?: string
  readonly range?: Range
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
    const notes = notesBehind(source, leaf, pointer, expression.text, parameters, overrides)
    if (notes === undefined) throw missingSource(source, leaf)
    return {pointer, text: expression.text, value, unit: dimensions[dimension].unit, ...notes}
  })
}

/** The notes of the parameter where a value only names one, else the value's own. */
function notesBehind(
  source: LayeredSource,
  leaf: Leaf,
  pointer: string,
  text: string,
  parameters: Parameters,
  overrides: ReadonlySet<YamlSource>,
): Notes | undefined {
  const named = parameters.ordered.find(({name}) => name === text.trim())
  const behind = named && notesBehind(source, leaf, `/parameters/${named.name}`, named.expression.text, parameters, overrides)
  if (behind !== undefined) return behind
  const layer = layerOf(source, pointer)
  if (overrides.has(layer)) return {source: setSource}
  const cited = nearestNote(layer.data, pointer, 'source')?.text
  if (cited === undefined) return undefined
  checkKnown(source, layer, pointer, cited)
  const estimate = nearestNote(layer.data, pointer, 'estimate')?.text
  const range = rangeOf(layer, pointer, leaf)
  return {source: cited, ...(estimate !== undefined && {estimate}), ...(range !== undefined && {range})}
}

/** The range that holds at a pointer. The clocks of a curve's points have none: they were chosen. */
function rangeOf(layer: YamlSource, pointer: string, {value, dimension, expression}: Leaf): Range | undefined {
  const [, point] = /\/\d+\/(\w+)$/.exec(pointer) ?? []
  const note = point === 'clock' ? undefined : nearestNote(layer.data, pointer, 'range')
  if (note === undefined) return undefined
  const {baseValue} = canonicalUnit(dimension)
  const ranged = {vector: expression.vector, baseValue: value * baseValue}
  const {kind, ends} = located(layer, note.at, () => rangeEnds(note.text.trim(), ranged), 'RANGE_INVALID')
  if (point !== undefined && (kind === 'amount' || note.at.startsWith(pointer)))
    throw layer.error(
      note.at,
      'the range of a curve scales it as a whole',
      ['write it beside the curve, as in `x1.2` or `±6 %`'],
      'RANGE_INVALID',
    )
  const unitEnds = [ends[0] / baseValue, ends[1] / baseValue] as const
  return {text: note.text, kind, ends: unitEnds, note: note.at, guess: `${placelessName(layer)} ${note.at} ${dimension}`}
}

/**
 * A file by its place among those that are shipped, another by its folder and name: what is drawn for a guess must not depend on where on a
 * disk it was written down.
 */
function placelessName({path: place, file}: YamlSource): string {
  if (place === undefined) return file
  const parts = path.relative(packageRoot, place).split(path.sep)
  return (parts[0] === '..' ? parts.slice(-2) : parts).join('/')
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

interface Note {
  readonly text: string
  /** Where it stands. */
  readonly at: string
}

/** The note that holds at a pointer. What a nearer note says of where a value comes from ends an outer estimate, or range. */
function nearestNote(data: unknown, pointer: string, key: NoteKey): Note | undefined {
  const keys = keysOf(pointer)
  const chain = chainOf(data, keys)
  const ending = noteKeys.slice(0, noteKeys.indexOf(key))
  for (let depth = keys.length; depth >= 0; depth--) {
    const note = noteAt(chain, keys, depth, key)
    if (note !== undefined) return note
    if (ending.some((each) => noteAt(chain, keys, depth, each) !== undefined)) return undefined
  }
  return undefined
}

/** Each ends the search for those after it. */
const noteKeys = ['source', 'estimate', 'range'] as const
type NoteKey = (typeof noteKeys)[number]

/** A note inside the value at a depth, or beside it. */
function noteAt(chain: readonly unknown[], keys: readonly string[], depth: number, key: NoteKey): Note | undefined {
  const inside = textAt(chain[depth], key)
  const at = (...path: readonly string[]): string => ['', ...path].join('/')
  if (inside !== undefined) return {text: inside, at: at(...keys.slice(0, depth), key)}
  if (depth === 0) return undefined
  const besides = besideKey(keys[depth - 1]!, key)
  const beside = textAt(chain[depth - 1], besides)
  return beside === undefined ? undefined : {text: beside, at: at(...keys.slice(0, depth - 1), besides)}
}

const besideKey = (key: string, note: NoteKey): string => `${key}${note[0]!.toUpperCase()}${note.slice(1)}`

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
