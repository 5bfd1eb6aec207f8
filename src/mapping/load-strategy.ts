import path from 'node:path'
import type {Hierarchy} from '../accelerator/hierarchy.js'
import {nameHints} from '../foundation/nearest-name.js'
import {operandRoles} from '../foundation/resource.js'
import {checkSchema} from '../spec/check-schema.js'
import {Faults} from '../spec/faults.js'
import {strategySchema} from '../spec/schemas/mapping.js'
import {pointerTo, type SpecSource, YamlSource} from '../spec/yaml-source.js'
import type {Problem} from '../workload/problem.js'
import {type Constraints, freeLoops, type LevelConstraint, type LoopConstraint} from './constraints.js'
import {hierarchyConstraints, operandRolesOf} from './hierarchy-constraints.js'
import {type LoopWay, loopWays} from './loop-nest.js'

type RawLevel = Readonly<Partial<Record<LoopWay | 'outermost' | 'innermost' | 'keep' | 'bypass', readonly string[]>>>
interface RawStrategy {
  readonly imperfect?: boolean
  readonly levels?: Readonly<Record<string, RawLevel>>
}
interface Context {
  readonly faults: Faults
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  /** What the hierarchy itself leaves no choice in. */
  readonly given: Constraints
}

/** The partial mapping that a file writes, for one problem and hierarchy; every fault carries its place. */
export function loadStrategy(file: string, problem: Problem, hierarchy: Hierarchy, from = process.cwd()): Constraints {
  return strategyFrom(YamlSource.read(path.resolve(from, file)), problem, hierarchy)
}

/** The partial mapping that a text writes. */
export function parseStrategy(text: string, problem: Problem, hierarchy: Hierarchy, file = 'strategy.yaml'): Constraints {
  return strategyFrom(YamlSource.parse(text, file), problem, hierarchy)
}

function strategyFrom(source: SpecSource, problem: Problem, hierarchy: Hierarchy): Constraints {
  checkSchema(source, strategySchema)
  const given = hierarchyConstraints(problem, hierarchy)
  const context = {faults: new Faults(source), problem, hierarchy, given}
  const raw = source.data as RawStrategy
  const written = new Map<number, string>()
  const {levels = {}} = raw
  for (const [name, rawLevel] of Object.entries(levels)) {
    const level = levelNamed(context, name)
    if (level === undefined) {
      checkUnplaced(context, rawLevel, pointerTo('/levels', name))
      continue
    }
    const other = written.get(level)
    if (other !== undefined)
      context.faults.add(pointerTo('/levels', name), `${other} and ${name} are the same level of ${hierarchy.name}`, ['write them as one'])
    written.set(level, name)
  }
  refuseSecondRests(context, raw, written)
  const constraints = {
    name: path.basename(source.file).replace(/\.ya?ml$/, ''),
    levels: hierarchy.levels.map((_, level) =>
      levelConstraint(context, levels[written.get(level) ?? ''] ?? {}, level, written.get(level) ?? ''),
    ),
    allowsImperfect: given.allowsImperfect || raw.imperfect === true,
  }
  context.faults.check('STRATEGY_INVALID')
  return constraints
}

/** Tells the faults inside of a level that there is not. */
function checkUnplaced(context: Context, raw: RawLevel, pointer: string): void {
  const free = freeLoops(context.problem.dimensions.length)
  for (const way of loopWays) loopConstraint(context, raw[way] ?? [], `${pointer}/${way}`, free)
  for (const end of ['outermost', 'innermost'] as const)
    for (const [index, name] of (raw[end] ?? []).entries()) dimensionNamed(context, name, `${pointer}/${end}/${index}`)
  for (const key of ['keep', 'bypass'] as const)
    for (const [index, name] of (raw[key] ?? []).entries()) tensorsNamed(context, name, `${pointer}/${key}/${index}`)
}

/** A level by its name, or by its place where a strategy is to fit any hierarchy. */
function levelNamed({faults, hierarchy}: Context, name: string): number | undefined {
  const names = hierarchy.levels.map((level) => level.name)
  const index = names.indexOf(name)
  if (index >= 0) return index
  if (name === 'outermost') return 0
  if (name === 'innermost') return names.length - 1
  faults.add(
    pointerTo('/levels', name),
    `"${name}" is not a level of ${hierarchy.name}`,
    nameHints(name, [...names, 'outermost', 'innermost']),
    'UNKNOWN_NAME',
  )
  return undefined
}

function levelConstraint(context: Context, raw: RawLevel, level: number, name: string): LevelConstraint {
  const pointer = pointerTo('/levels', name)
  const loops = (way: LoopWay): LoopConstraint =>
    loopConstraint(context, raw[way] ?? [], `${pointer}/${way}`, context.given.levels[level]![way])
  const order = (end: 'outermost' | 'innermost'): number[] =>
    (raw[end] ?? []).flatMap((dimension, index) => dimensionNamed(context, dimension, `${pointer}/${end}/${index}`) ?? [])
  const [outermost, innermost] = [order('outermost'), order('innermost')]
  const twice = [...outermost, ...innermost].find((dimension, place, all) => all.indexOf(dimension) !== place)
  if (twice !== undefined)
    context.faults.add(pointer, `${context.problem.dimensions[twice]!.name} has two places in one order`, ['keep one of them'])
  return {
    temporal: {...loops('temporal'), outermost, innermost},
    x: loops('x'),
    y: loops('y'),
    keeps: keepsOf(context, raw, level, pointer),
  }
}

/** `K 4` fixes a count, `K <= 4` bounds it, `K rest` takes what the other loops leave, and `others` means all that the list does not name. */
function loopConstraint(context: Context, written: readonly string[], pointer: string, given: LoopConstraint): LoopConstraint {
  const {faults} = context
  const counts = [...given.counts]
  const maximumCounts = [...given.maximumCounts]
  const named = new Set<number>()
  const rules = written.flatMap((text, index) => {
    const at = `${pointer}/${index}`
    const [, name = '', bound, value = ''] = /^\s*([A-Za-z]\w*)\s+(<=\s*)?(\d+|rest)\s*$/.exec(text) ?? []
    if (value === '' || (bound !== undefined && value === 'rest')) {
      faults.add(at, `"${text}" fixes no count`, ['write it as in `K 4`, `K <= 4`, `K rest` or `others 1`'])
      return []
    }
    if (value !== 'rest' && (Number(value) === 0 || Number(value) >= 2 ** 31))
      faults.add(at, `a loop of ${value} turns is not possible`, ['counts are whole and begin at 1'], 'VALUE_OUT_OF_RANGE')
    return [{at, name, isBound: bound !== undefined, value: value === 'rest' ? value : Number(value)} as const]
  })
  for (const {at, name, isBound, value} of rules.filter((rule) => rule.name !== 'others')) {
    const dimension = dimensionNamed(context, name, at)
    if (dimension === undefined) continue
    if (named.has(dimension)) faults.add(at, `${name} stands in this list already`, ['keep one of the two'])
    named.add(dimension)
    const fixed = given.counts[dimension]
    if (fixed !== undefined && fixed !== value)
      faults.add(at, `the machine itself takes ${name} ${fixed} here`, [`leave ${name} out of this list`])
    if (isBound) maximumCounts[dimension] = Number(value)
    else counts[dimension] = value
  }
  const others = rules.filter(({name}) => name === 'others')
  if (others.length > 1) faults.add(others[1]!.at, 'others stands in this list already', ['keep one of the two'])
  for (const {isBound, value} of others)
    for (const dimension of counts.keys())
      if (!named.has(dimension) && given.counts[dimension] === undefined) (isBound ? maximumCounts : counts)[dimension] = value as number
  return {...given, counts, maximumCounts}
}

/** One loop of a dimension can take all that the others leave, not two. */
function refuseSecondRests({faults, problem, hierarchy}: Context, {levels = {}}: RawStrategy, written: ReadonlyMap<number, string>): void {
  for (const {name: dimension} of problem.dimensions) {
    const lists = [...written].flatMap(([level, name]) =>
      (['temporal', 'x', 'y'] as const).map((way) => ({
        list: levels[name]![way] ?? [],
        pointer: `${pointerTo('/levels', name)}/${way}`,
        level,
        way,
      })),
    )
    const rests = lists.flatMap(({list, ...place}) => {
      const rules = list.map((text) => text.trim().split(/\s+/))
      const named = rules.findIndex(([name]) => name === dimension)
      const index = named < 0 ? rules.findIndex(([name]) => name === 'others') : named
      return rules[index]?.[1] === 'rest' ? [{...place, index}] : []
    })
    const [first, second] = rests
    if (first === undefined || second === undefined) continue
    const at = `${first.way === 'temporal' ? 'time' : first.way} of ${hierarchy.levels[first.level]!.name}`
    faults.add(`${second.pointer}/${second.index}`, `${at} takes the rest of ${dimension} already`, ['keep one of the two'])
  }
}

function dimensionNamed({faults, problem}: Context, name: string, pointer: string): number | undefined {
  const names = problem.dimensions.map((dimension) => dimension.name)
  const index = names.indexOf(name)
  if (index >= 0) return index
  faults.add(pointer, `"${name}" is not a dimension of ${problem.name}`, nameHints(name, names), 'UNKNOWN_NAME')
  return undefined
}

/** By tensor; a name means that tensor, else all tensors of that class. */
function keepsOf(context: Context, raw: RawLevel, level: number, pointer: string): (boolean | undefined)[] {
  const {faults} = context
  const keeps = [...context.given.levels[level]!.keeps]
  for (const [key, isKept] of [
    ['keep', true],
    ['bypass', false],
  ] as const) {
    for (const [index, name] of (raw[key] ?? []).entries()) {
      const at = `${pointer}/${key}/${index}`
      for (const tensor of tensorsNamed(context, name, at)) {
        if (keeps[tensor] === !isKept) faults.add(at, refusal(context, level, tensor, isKept), ['leave it out'])
        keeps[tensor] = isKept
      }
    }
  }
  return keeps
}

function refusal({problem, hierarchy, given}: Context, level: number, tensor: number, isKept: boolean): string {
  const [{name}, {name: at}] = [problem.tensors[tensor]!, hierarchy.levels[level]!]
  if (level === 0) return `${at} is the outermost level, where every tensor comes from, so that ${name} cannot pass it`
  if (isKept && given.levels[level]!.keeps[tensor] === false) return `${at} cannot keep ${name}`
  return `${name} is both kept at ${at} and let pass`
}

function tensorsNamed({faults, problem}: Context, name: string, pointer: string): number[] {
  const names = problem.tensors.map((tensor) => tensor.name)
  if (names.includes(name)) return [names.indexOf(name)]
  const ofRole = operandRolesOf(problem).flatMap((role, index) => (role === name ? [index] : []))
  if ((operandRoles as readonly string[]).includes(name)) return ofRole
  faults.add(pointer, `"${name}" is not a tensor of ${problem.name}`, nameHints(name, [...names, ...operandRoles]), 'UNKNOWN_NAME')
  return []
}
