import {nameHints, nearestName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import type {SpecSource} from '../spec/yaml-source.js'

type Raw = Readonly<Record<string, unknown>>
type Path = readonly string[]

const sections = ['units', 'memories', 'links', 'clocks', 'dies', 'levels'] as const
/** What a field may be found by without the rest of its path; words about a value are no fields. */
const isField = (name: string): boolean => !/^(source|estimate)$|Source$/.test(name)

/**
 * The path of the field that `key` means: written in full, or without its section (`hbm.energy`), or by any of its names in order
 * that end in its last (`tensor.bf16`, `idleScale`). The fullest of these readings counts, and must be the only one of its kind.
 */
export function fieldPath(described: SpecSource, key: string, parameters: readonly string[]): Path {
  const data = described.data as Raw
  const written = key.split('.')
  const fields = fieldsOf(data)
  const readings = [
    (path: Path) => isTail(written, path, path.length),
    (path: Path) => isTail(written, path, path.length - 1),
    (path: Path) => isWithin(written, path),
  ]
  for (const isMeant of readings) {
    const meant = fields.filter(isMeant)
    if (meant.length === 1) return meant[0]!
    if (meant.length > 1) throw ambiguous(key, meant)
  }
  const inFull = newField(data, written)
  if (inFull.length === 1) return inFull[0]!
  if (inFull.length > 1) throw ambiguous(key, inFull)
  throw unknownField(described, key, parameters, fields)
}

/** `written` is the last `count` names of a path. */
function isTail(written: Path, path: Path, count: number): boolean {
  return written.length === count && written.every((name, index) => name === path[path.length - count + index])
}

/** `written` ends as the path does, and its other names stand in the path in this order. */
function isWithin(written: Path, path: Path): boolean {
  if (path.at(-1) !== written.at(-1)) return false
  let next = 0
  for (const name of path) if (name === written[next]) next++
  return next >= written.length
}

/** A field that the description leaves out may be set too: in full, or in the component that it belongs to. */
function newField(data: Raw, written: Path): Path[] {
  const [head = ''] = written
  if (written.length < 2) return []
  if (Object.hasOwn(data, head) && typeof data[head] === 'object' && !['sources', 'parameters'].includes(head)) return [written]
  return sections.filter((section) => Object.hasOwn((data[section] ?? {}) as Raw, head)).map((section) => [section, ...written])
}

/** The paths of all single values of a description, but those of its parameters and sources. */
function fieldsOf(data: Raw): Path[] {
  const below = (value: unknown, path: Path): Path[] => {
    if (Array.isArray(value)) return []
    if (typeof value !== 'object' || value === null || Object.hasOwn(value, 'value')) return [path]
    return Object.entries(value)
      .filter(([name]) => isField(name))
      .flatMap(([name, inner]) => below(inner, [...path, name]))
  }
  return below(data, []).filter(([section, name]) => name !== undefined && section !== 'parameters' && section !== 'sources')
}

function ambiguous(key: string, meant: readonly Path[]): UserError {
  const names = meant.map((path) => path.join('.'))
  return new UserError(`"${key}" can mean ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`, {
    code: 'AMBIGUOUS_NAME',
    suggestions: names.map((name) => `write ${name}`),
  })
}

function unknownField(described: SpecSource, key: string, parameters: readonly string[], fields: readonly Path[]): UserError {
  const data = described.data as Raw
  const components = sections.flatMap((section) => Object.keys((data[section] ?? {}) as Raw).filter(isField))
  const readable = fields.flatMap((path) => path.map((_, from) => path.slice(from).join('.')))
  const [head = ''] = key.split('.')
  const isPowers = head !== key && typeof ((data['power'] ?? {}) as Raw)[head] === 'object'
  const nearest = isPowers ? `power.${key}` : nearestName(key, [...parameters, ...readable])
  const known = [...parameters, ...components.map((component) => `${component}.…`), 'power.…']
  return new UserError(`"${key}" is neither a parameter nor a field of ${described.file}`, {
    code: 'UNKNOWN_NAME',
    suggestions: [...(nearest === undefined ? [] : [`did you mean ${nearest}`]), ...nameHints('', known).slice(-1)],
  })
}
