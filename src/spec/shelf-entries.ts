import {resolveFile, type ShelfKind, shippedNames} from './catalogue.js'
import {LayeredSource} from './layered-source.js'
import {problemShapeNames} from './schemas/problem-shapes.js'
import {YamlSource} from './yaml-source.js'

/** One line of `ridge list`: a shipped name, what people call it, and figures: text as its file states it, or a plain count. */
export interface ShelfEntry {
  readonly name: string
  readonly title?: string
  readonly figures: Readonly<Record<string, string | number>>
}

type Tree = Readonly<Record<string, unknown>>
type Figures = Record<string, string | number | undefined>

/** Which figures of a file are shown in its line, by kind. */
const figuresOf = {
  accelerator: (file) => {
    const mainMemory = Object.values(treeOf(file['memories'])).at(-1)
    return {
      memory: written(file, at(mainMemory, 'capacity')),
      bandwidth: written(file, at(mainMemory, 'bandwidth')),
      limit: written(file, at(file['power'], 'limit')),
    }
  },
  model: (file) => ({
    parameters: count(file['publishedParameters']),
    layers: layerCount(file['layers']),
    hidden: count(file['hidden']),
    heads: count(at(file['attention'], 'heads')),
    experts: count(at(file['moe'], 'experts')),
  }),
  problem: (file) => problemFigures(file),
  study: () => ({}),
} satisfies Record<ShelfKind, (file: Tree) => Figures>

/** The sizes of a problem, in full or short, and its format. */
function problemFigures(file: Tree): Figures {
  const shape = problemShapeNames.find((name) => file[name] !== undefined)
  const sizes = Object.entries(treeOf(shape === undefined ? file['dimensions'] : file[shape])).map(
    ([name, size]) => `${name} ${String(size)}`,
  )
  return {
    shape: [...(shape === undefined ? [] : [shape]), sizes.join(', ')].join(': '),
    dtype: typeof file['dtype'] === 'string' ? file['dtype'] : undefined,
  }
}

/** What is shipped of a kind, read without building it. */
export function shelfEntries(kind: ShelfKind): ShelfEntry[] {
  const names = shippedNames(kind)
  return names.map((name) => {
    const [top, ...bases] = layersOf(kind, name, names, [])
    const file = treeOf(new LayeredSource([top, ...bases]).data)
    const known = Object.entries<string | number | undefined>(figuresOf[kind](file)).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    )
    const title = file['title']
    return {name, ...(typeof title === 'string' ? {title} : {}), figures: Object.fromEntries(known)}
  })
}

/** A shipped file over the shipped files that it `extends`. */
function layersOf(kind: ShelfKind, name: string, shipped: readonly string[], seen: readonly string[]): [YamlSource, ...YamlSource[]] {
  const layer = YamlSource.read(resolveFile(kind, name))
  const base = at(layer.data, 'extends')
  const isFollowed = typeof base === 'string' && shipped.includes(base) && !seen.includes(base)
  return isFollowed ? [layer, ...layersOf(kind, base, shipped, [...seen, name])] : [layer]
}

/** A quantity as its file writes it: plain, in {value, source}, or through a parameter's name. */
function written(file: Tree, quantity: unknown): string | undefined {
  const value = at(quantity, 'value') ?? quantity
  if (typeof value !== 'string') return undefined
  const parameter = at(file['parameters'], value)
  if (parameter !== undefined) return written({}, parameter)
  return /^[\d.]+ ?[A-Za-z]/.test(value) ? value : undefined
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** Layers as a number, or as a list of groups with a count each. */
function layerCount(layers: unknown): number | undefined {
  if (!Array.isArray(layers)) return count(layers)
  const counts = layers.map((group) => count(at(group, 'count')))
  return counts.every((each) => each !== undefined) ? counts.reduce((sum, each) => sum + each, 0) : undefined
}

function at(value: unknown, key: string): unknown {
  return treeOf(value)[key]
}

function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}
}
