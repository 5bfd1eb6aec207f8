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

const file = path.join(packageRoot, 'accelerators', 'generations.yaml')
let known: {readonly source: YamlSource; readonly raw: Readonly<Record<string, RawGeneration>>} | undefined

/** The generation that an accelerator's file names; an unknown one is an error at its place. */
export function generationOf(source: SpecSource, name: string | undefined): Generation | undefined {
  if (name === undefined) return undefined
  const {raw} = generations()
  if (raw[name] === undefined) throw source.error('/generation', `"${name}" is not a known generation`, nameHints(name, Object.keys(raw)))
  return generation(name, [])
}

/** Names of all generations. */
export function generationNames(): string[] {
  return Object.keys(generations().raw)
}

function generation(name: string, followers: readonly string[]): Generation {
  const {source, raw} = generations()
  const found = raw[name]
  if (found === undefined)
    throw source.error(`/${followers.at(-1)}/follows`, `"${name}" is not a generation`, nameHints(name, Object.keys(raw)))
  if (followers.includes(name))
    throw source.error(`/${name}/follows`, 'generations follow each other in a circle', ['let one of them stand on its own'])
  const {title, measured, follows} = found
  return {name, title, measured, follows: follows === undefined ? undefined : generation(follows, [...followers, name])}
}

function generations(): NonNullable<typeof known> {
  if (known === undefined) {
    const source = YamlSource.read(file)
    checkSchema(source, generationsSchema)
    known = {source, raw: source.data as Readonly<Record<string, RawGeneration>>}
  }
  return known
}
