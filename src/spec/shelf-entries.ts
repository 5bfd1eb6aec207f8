import {resolveFile, type ShelfKind, shippedNames} from './catalogue.js'
import {YamlSource} from './yaml-source.js'

/** One line of `ridge list`: a shipped name, what people call it, and figures as its file states them. */
export interface ShelfEntry {
  readonly name: string
  readonly title: string
  readonly figures: Readonly<Record<string, string>>
}

type Tree = Readonly<Record<string, unknown>>

/** Which figures of a file are shown in its line, by kind. */
const figuresOf = {
  accelerator: (file) => ({
    memory: written(file, at(lastOf(at(file, 'memories')), 'capacity')),
    bandwidth: written(file, at(lastOf(at(file, 'memories')), 'bandwidth')),
    limit: written(file, at(at(file, 'power'), 'limit')),
  }),
  model: () => ({}),
  study: () => ({}),
} satisfies Record<ShelfKind, (file: Tree) => Record<string, string | undefined>>

/** What is shipped of a kind, read without building it. */
export function shelfEntries(kind: ShelfKind): ShelfEntry[] {
  return shippedNames(kind).map((name) => {
    const file = withBase(kind, readTree(resolveFile(kind, name)))
    const figures = Object.entries(figuresOf[kind](file)).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return {name, title: String(file['title'] ?? name), figures: Object.fromEntries(figures)}
  })
}

function readTree(file: string): Tree {
  return treeOf(YamlSource.read(file).data)
}

/** Top-level keys that a file leaves to the file that it `extends`. */
function withBase(kind: ShelfKind, file: Tree, seen: readonly string[] = []): Tree {
  const base = file['extends']
  if (typeof base !== 'string' || seen.includes(base) || !shippedNames(kind).includes(base)) return file
  const below = withBase(kind, readTree(resolveFile(kind, base)), [...seen, base])
  const nested = (['parameters', 'memories', 'power'] as const).map((key) => [key, {...treeOf(below[key]), ...treeOf(file[key])}])
  return {...below, ...file, ...Object.fromEntries(nested)}
}

/** A quantity as its file writes it: plain, in {value, source}, or through a parameter's name. */
function written(file: Tree, quantity: unknown): string | undefined {
  const value = at(quantity, 'value') ?? quantity
  if (typeof value !== 'string') return undefined
  const parameter = at(at(file, 'parameters'), value)
  if (parameter !== undefined) return written({}, parameter)
  return /^[\d.]+ ?[A-Za-z]/.test(value) ? value : undefined
}

function at(value: unknown, key: string): unknown {
  return treeOf(value)[key]
}

function lastOf(value: unknown): unknown {
  return Object.values(treeOf(value)).at(-1)
}

function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}
}
