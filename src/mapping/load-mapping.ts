import path from 'node:path'
import type {Hierarchy} from '../accelerator/hierarchy.js'
import {nameHints} from '../foundation/nearest-name.js'
import {writeWhole} from '../foundation/write-whole.js'
import {checkSchema} from '../spec/check-schema.js'
import {Faults} from '../spec/faults.js'
import {mappingSchema} from '../spec/schemas/mapping.js'
import {yamlText} from '../spec/write-yaml.js'
import {pointerTo, type SpecSource, YamlSource} from '../spec/yaml-source.js'
import type {Problem} from '../workload/problem.js'
import {hierarchyConstraints} from './hierarchy-constraints.js'
import {type Counting, type Loop, type LoopNest, type LoopWay, loopWays, type NestLevel} from './loop-nest.js'
import {mappingFaults} from './mapping-fault.js'

type RawLevel = Readonly<Partial<Record<LoopWay | 'keep' | 'bypass', readonly string[]>>>
/** What the loops of a file are over, and where they run. */
interface Context {
  readonly faults: Faults
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  /** By level and tensor. */
  readonly mayKeep: readonly (readonly boolean[])[]
}

/** The mapping that a file writes, for one problem and hierarchy; every fault carries its place. */
export function loadMapping(file: string, problem: Problem, hierarchy: Hierarchy, from = process.cwd()): LoopNest {
  return mappingFrom(YamlSource.read(path.resolve(from, file)), problem, hierarchy)
}

/** The mapping that a text writes. */
export function parseMapping(text: string, problem: Problem, hierarchy: Hierarchy, file = 'mapping.yaml'): LoopNest {
  return mappingFrom(YamlSource.parse(text, file), problem, hierarchy)
}

function mappingFrom(source: SpecSource, problem: Problem, hierarchy: Hierarchy): LoopNest {
  checkSchema(source, mappingSchema)
  const context = {faults: new Faults(source), problem, hierarchy, mayKeep: keepable(problem, hierarchy)}
  const written = (source.data as {levels: Readonly<Record<string, RawLevel>>}).levels
  checkLevelNames(context, written)
  const {counting} = source.data as {counting?: Counting}
  const levels = hierarchy.levels.map(({name}, level) => nestLevel(context, written[name] ?? {}, level))
  const nest = counting === undefined ? {levels} : {levels, counting}
  context.faults.check('MAPPING_INVALID')
  for (const {level, way, dimension, reason, hint} of mappingFaults(nest, problem, hierarchy)) {
    const at = way === undefined ? '/levels' : loopPointer(hierarchy, problem, written, level, way, dimension)
    context.faults.add(at, reason, [hint], 'MAPPING_INVALID')
  }
  context.faults.check('MAPPING_INVALID')
  return nest
}

/** Whether each level can hold each tensor. */
function keepable(problem: Problem, hierarchy: Hierarchy): boolean[][] {
  return hierarchyConstraints(problem, hierarchy).levels.map(({keeps}) => keeps.map((kept) => kept !== false))
}

/** Levels that there are not; what stands in them is read all the same, to tell its faults too. */
function checkLevelNames(context: Context, written: Readonly<Record<string, RawLevel>>): void {
  const {faults, hierarchy} = context
  const known = hierarchy.levels.map(({name}) => name)
  for (const [name, raw] of Object.entries(written)) {
    if (known.includes(name)) continue
    const pointer = pointerTo('/levels', name)
    faults.add(pointer, `"${name}" is not a level of ${hierarchy.name}`, nameHints(name, known), 'UNKNOWN_NAME')
    for (const way of loopWays) loopsOf(context, raw[way] ?? [], `${pointer}/${way}`)
    for (const key of ['keep', 'bypass'] as const) tensorsOf(context, raw[key] ?? [], `${pointer}/${key}`)
  }
}

function nestLevel(context: Context, raw: RawLevel, level: number): NestLevel {
  const pointer = pointerTo('/levels', context.hierarchy.levels[level]!.name)
  const loops = (way: LoopWay): Loop[] => loopsOf(context, raw[way] ?? [], `${pointer}/${way}`)
  return {temporal: loops('temporal'), x: loops('x'), y: loops('y'), keeps: keepsOf(context, raw, level, pointer)}
}

/** Loops of one turn are none. */
function loopsOf({faults, problem}: Context, written: readonly string[], pointer: string): Loop[] {
  const names = problem.dimensions.map(({name}) => name)
  const seen = new Set<number>()
  const loops = written.flatMap((text, index): Loop[] => {
    const at = `${pointer}/${index}`
    const [, name = '', turns] = /^\s*([A-Za-z]\w*)\s+(\d+)\s*$/.exec(text) ?? []
    const fault = (message: string, hints: readonly string[], code?: string): Loop[] => {
      faults.add(at, message, hints, code)
      return []
    }
    if (turns === undefined) return fault(`"${text}" is not a dimension and a count`, ['write it as in `K 4`'])
    const dimension = names.indexOf(name)
    if (dimension < 0) return fault(`"${name}" is not a dimension of ${problem.name}`, nameHints(name, names), 'UNKNOWN_NAME')
    const count = Number(turns)
    if (count === 0 || count >= 2 ** 31) {
      const what = count === 0 ? 'does nothing' : 'is too long'
      return fault(`a loop of ${turns} turns ${what}`, ['counts are whole and begin at 1'], 'VALUE_OUT_OF_RANGE')
    }
    if (seen.has(dimension)) return fault(`${name} stands in this list already`, ['multiply the two counts, or give one to another level'])
    seen.add(dimension)
    return [{dimension, count}]
  })
  return loops.filter(({count}) => count > 1)
}

/** The tensors of a list, by place in the problem. */
function tensorsOf({faults, problem}: Context, written: readonly string[], pointer: string): number[] {
  const names = problem.tensors.map(({name}) => name)
  return written.map((name, index) => {
    const tensor = names.indexOf(name)
    if (tensor < 0)
      faults.add(`${pointer}/${index}`, `"${name}" is not a tensor of ${problem.name}`, nameHints(name, names), 'UNKNOWN_NAME')
    return tensor
  })
}

function keepsOf(context: Context, {keep, bypass}: RawLevel, level: number, pointer: string): boolean[] {
  const {faults, problem, hierarchy, mayKeep} = context
  const at = hierarchy.levels[level]!
  if (keep !== undefined && bypass !== undefined)
    faults.add(`${pointer}/bypass`, '`keep` and `bypass` exclude each other', ['keep one of the two'])
  const names = problem.tensors.map(({name}) => name)
  for (const [index, tensor] of tensorsOf(context, keep ?? [], `${pointer}/keep`).entries()) {
    const {[tensor]: name} = names
    if (name !== undefined && !mayKeep[level]![tensor])
      faults.add(`${pointer}/keep/${index}`, `${at.name} cannot keep ${name}, which passes it`, [`leave ${name} out`], 'MAPPING_INVALID')
  }
  tensorsOf(context, bypass ?? [], `${pointer}/bypass`)
  const keeps = problem.tensors.map(
    (tensor, index) => mayKeep[level]![index]! && (keep === undefined ? !(bypass ?? []).includes(tensor.name) : keep.includes(tensor.name)),
  )
  const passing = keeps.indexOf(false)
  if (level === 0 && passing >= 0)
    faults.add(
      pointer,
      `${at.name} is the outermost level, where every tensor comes from, but ${names[passing]} passes it`,
      [`keep ${names[passing]} there`],
      'MAPPING_INVALID',
    )
  return keeps
}

/** Where the file writes a loop. */
function loopPointer(
  {levels}: Hierarchy,
  {dimensions}: Problem,
  written: Readonly<Record<string, RawLevel>>,
  level: number,
  way: LoopWay,
  dimension: number,
): string {
  const {name} = levels[level]!
  const index = (written[name]?.[way] ?? []).findIndex((text) => text.trim().split(/\s+/)[0] === dimensions[dimension]!.name)
  return `${pointerTo('/levels', name)}/${way}/${index}`
}

/** What a mapping file writes: the loops of each level that has any, and what passes it. */
export interface MappingData {
  readonly counting?: Counting
  readonly levels: Readonly<Record<string, RawLevel>>
}

/** A mapping as the file that writes it. */
export function mappingData(nest: LoopNest, problem: Problem, hierarchy: Hierarchy): MappingData {
  const mayKeep = keepable(problem, hierarchy)
  const levels = nest.levels.map((level, index): [string, RawLevel] => {
    const loops = loopWays.map(
      (way) => [way, level[way].map(({dimension, count}) => `${problem.dimensions[dimension]!.name} ${count}`)] as const,
    )
    const passing = problem.tensors.filter((_, t) => !level.keeps[t] && mayKeep[index]![t])
    const bypass = passing.length === 0 ? [] : [['bypass', passing.map(({name}) => name)] as const]
    return [hierarchy.levels[index]!.name, Object.fromEntries([...loops.filter(([, written]) => written.length > 0), ...bypass])]
  })
  const counting = nest.counting === undefined ? {} : {counting: nest.counting}
  return {...counting, levels: Object.fromEntries(levels.filter(([, level]) => Object.keys(level).length > 0))}
}

/** Writes a mapping as a file that `loadMapping` reads. */
export function writeMapping(
  file: string,
  {mapping, problem, accelerator}: {readonly mapping: MappingData; readonly problem: string; readonly accelerator: string},
): void {
  writeWhole(file, yamlText({title: `${problem} on ${accelerator}`, ...mapping}, [], true))
}
