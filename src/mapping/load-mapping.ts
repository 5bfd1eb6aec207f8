import path from 'node:path'
import type {Hierarchy} from '../accelerator/hierarchy.js'
import {nameHints} from '../foundation/nearest-name.js'
import {writeWhole} from '../foundation/write-whole.js'
import {checkSchema} from '../spec/check-schema.js'
import {mappingSchema} from '../spec/schemas/mapping.js'
import {SpecError} from '../spec/spec-error.js'
import {yamlText} from '../spec/write-yaml.js'
import {pointerTo, type SpecSource, YamlSource} from '../spec/yaml-source.js'
import type {Problem} from '../workload/problem.js'
import {hierarchyConstraints} from './hierarchy-constraints.js'
import {type Counting, type Loop, type LoopNest, type LoopWay, loopWays, type NestLevel} from './loop-nest.js'
import {mappingFaults} from './mapping-fault.js'

type RawLevel = Readonly<Partial<Record<LoopWay | 'keep' | 'bypass', readonly string[]>>>
/** What the loops of a file are over, and where they run. */
interface Context {
  readonly source: SpecSource
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
  const context = {source, problem, hierarchy, mayKeep: keepable(problem, hierarchy)}
  const written = (source.data as {levels: Readonly<Record<string, RawLevel>>}).levels
  checkLevelNames(context, Object.keys(written))
  const {counting} = source.data as {counting?: Counting}
  const levels = hierarchy.levels.map(({name}, level) => nestLevel(context, written[name] ?? {}, level))
  const nest = counting === undefined ? {levels} : {levels, counting}
  const faults = mappingFaults(nest, problem, hierarchy)
  if (faults.length === 0) return nest
  const problems = faults.map(({level, way, dimension, reason, hint}) => {
    const at = way === undefined ? '/levels' : loopPointer(hierarchy, problem, written, level, way, dimension)
    return source.problem(at, reason, [hint])
  })
  throw new SpecError(problems, 'MAPPING_INVALID')
}

/** Whether each level can hold each tensor. */
function keepable(problem: Problem, hierarchy: Hierarchy): boolean[][] {
  return hierarchyConstraints(problem, hierarchy).levels.map(({keeps}) => keeps.map((kept) => kept !== false))
}

function checkLevelNames({source, hierarchy}: Context, written: readonly string[]): void {
  const known = hierarchy.levels.map(({name}) => name)
  const unknown = written.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw source.error(
      pointerTo('/levels', unknown),
      `"${unknown}" is not a level of ${hierarchy.name}`,
      nameHints(unknown, known),
      'UNKNOWN_NAME',
    )
}

function nestLevel(context: Context, raw: RawLevel, level: number): NestLevel {
  const pointer = pointerTo('/levels', context.hierarchy.levels[level]!.name)
  const loops = (way: LoopWay): Loop[] => loopsOf(context, raw[way] ?? [], `${pointer}/${way}`)
  return {temporal: loops('temporal'), x: loops('x'), y: loops('y'), keeps: keepsOf(context, raw, level, pointer)}
}

/** Loops of one turn are none. */
function loopsOf({source, problem}: Context, written: readonly string[], pointer: string): Loop[] {
  const names = problem.dimensions.map(({name}) => name)
  const seen = new Set<number>()
  const loops = written.map((text, index) => {
    const at = `${pointer}/${index}`
    const [, name = '', turns] = /^\s*([A-Za-z]\w*)\s+(\d+)\s*$/.exec(text) ?? []
    if (turns === undefined) throw source.error(at, `"${text}" is not a dimension and a count`, ['write it as in `K 4`'])
    const dimension = names.indexOf(name)
    if (dimension < 0) throw source.error(at, `"${name}" is not a dimension of ${problem.name}`, nameHints(name, names), 'UNKNOWN_NAME')
    const count = Number(turns)
    if (count === 0 || count >= 2 ** 31)
      throw source.error(
        at,
        `a loop of ${turns} turns ${count === 0 ? 'does nothing' : 'is too long'}`,
        ['counts are whole and begin at 1'],
        'VALUE_OUT_OF_RANGE',
      )
    if (seen.has(dimension))
      throw source.error(at, `${name} stands in this list already`, ['multiply the two counts, or give one to another level'])
    seen.add(dimension)
    return {dimension, count}
  })
  return loops.filter(({count}) => count > 1)
}

function keepsOf({source, problem, hierarchy, mayKeep}: Context, {keep, bypass}: RawLevel, level: number, pointer: string): boolean[] {
  const at = hierarchy.levels[level]!
  if (keep !== undefined && bypass !== undefined)
    throw source.error(`${pointer}/bypass`, '`keep` and `bypass` exclude each other', ['keep one of the two'])
  const names = problem.tensors.map(({name}) => name)
  for (const [index, name] of (keep ?? bypass ?? []).entries()) {
    const place = `${pointer}/${keep === undefined ? 'bypass' : 'keep'}/${index}`
    const tensor = problem.tensors[names.indexOf(name)]
    if (tensor === undefined)
      throw source.error(place, `"${name}" is not a tensor of ${problem.name}`, nameHints(name, names), 'UNKNOWN_NAME')
    if (keep !== undefined && !mayKeep[level]![names.indexOf(name)])
      throw source.error(place, `${at.name} cannot keep ${name}, which passes it`, [`leave ${name} out`], 'MAPPING_INVALID')
  }
  const keeps = problem.tensors.map(
    (tensor, index) => mayKeep[level]![index]! && (keep === undefined ? !(bypass ?? []).includes(tensor.name) : keep.includes(tensor.name)),
  )
  const passing = keeps.indexOf(false)
  if (level === 0 && passing >= 0)
    throw source.error(
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
