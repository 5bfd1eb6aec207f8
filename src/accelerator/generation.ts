import path from 'node:path'
import {nameHints} from '../foundation/nearest-name.js'
import {packageRoot} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {generationsSchema} from '../spec/schemas/generations.js'
import {type SpecSource, YamlSource} from '../spec/yaml-source.js'

/** Accelerators built alike: what was measured on one of them tells of the others. */
export interface Generation {
  readonly name: string
  readonly title: string
  /** Its measured devices, nearest first. */
  readonly measured: readonly string[]
  /** The generation that stands in for what none of them measured. */
  readonly follows: Generation | undefined
}

type RawGeneration = Omit<Generation, 'name' | 'follows'> & {readonly follows?: string}

let shipped: ReadonlyMap<string, Generation> | undefined

/** The generation that an accelerator's file names; an unknown one is an error at its place. */
export function generationOf(source: SpecSource, name: string | undefined): Generation | undefined {
  if (name === undefined) return undefined
  const found = shippedGenerations().get(name)
  if (found === undefined) throw source.error('/generation', `"${name}" is not a known generation`, nameHints(name, generationNames()))
  return found
}

/** Names of all generations. */
export function generationNames(): string[] {
  return [...shippedGenerations().keys()]
}

/** The generations of a file, by name; one that follows an unknown one, or in a circle, is an error at its place. */
export function buildGenerations(source: SpecSource): ReadonlyMap<string, Generation> {
  checkSchema(source, generationsSchema)
  const raw = source.data as Readonly<Record<string, RawGeneration>>
  const built = new Map<string, Generation>()
  const build = (name: string, followers: readonly string[]): Generation => {
    const {title, measured, follows} = raw[name]!
    const trail = [...followers, name]
    if (follows !== undefined) checkFollowed(source, Object.keys(raw), follows, trail)
    const generation = built.get(name) ?? {name, title, measured, follows: follows === undefined ? undefined : build(follows, trail)}
    built.set(name, generation)
    return generation
  }
  // Building one builds those that it follows first, but names stay in the order of the file.
  return new Map(Object.keys(raw).map((name) => [name, build(name, [])]))
}

function checkFollowed(source: SpecSource, names: readonly string[], follows: string, trail: readonly string[]): void {
  const pointer = `/${trail.at(-1)}/follows`
  if (!names.includes(follows)) throw source.error(pointer, `"${follows}" is not a generation`, nameHints(follows, names))
  if (!trail.includes(follows)) return
  const circle = [...trail.slice(trail.indexOf(follows)), follows].join(' → ')
  throw source.error(pointer, `generations follow each other in a circle: ${circle}`, ['let one of them stand on its own'])
}

function shippedGenerations(): ReadonlyMap<string, Generation> {
  shipped ??= buildGenerations(YamlSource.read(path.join(packageRoot, 'accelerators', 'generations.yaml')))
  return shipped
}
