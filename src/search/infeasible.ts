import {copyCount, type HierarchyLevel} from '../accelerator/hierarchy.js'
import {boxWords} from '../mapping/nest-layout.js'
import {compileNest} from '../mapping/nest-program.js'
import type {Problem} from '../workload/problem.js'
import {type Factorizations, smallestInner} from './factorizations.js'
import {givesRest, type Mapspace} from './mapspace.js'

/** Why a problem has no mapping. */
export interface Infeasible {
  readonly kind: 'infeasible'
  /** Which rule removed everything; `budget` where the search only found nothing in time, which proves nothing. */
  readonly rule: 'factors' | 'fanout' | 'order' | 'keeps' | 'capacity' | 'together' | 'budget'
  readonly reason: string
  /** Where capacity is the rule: what the smallest tiles take, and what there is. */
  readonly demandBytes?: number
  readonly boundBytes?: number
  /** Changes of which each alone would let something run. */
  readonly levers: readonly string[]
}

/** Names of the ways of a level, as errors write them. */
const wayNames = ['time', 'x', 'y'] as const

/** A rule that on its own leaves nothing of a mapspace, if there is one. */
export function whyInfeasible(space: Mapspace): Infeasible | undefined {
  return orderFault(space) ?? keepsFault(space) ?? fanoutFault(space) ?? factorsFault(space) ?? capacityFault(space)
}

function orderFault({constraints, hierarchy, problem}: Mapspace): Infeasible | undefined {
  for (const [level, {temporal}] of constraints.levels.entries()) {
    const placed = [...temporal.outermost, ...temporal.innermost]
    const twice = placed.find((dimension, index) => placed.indexOf(dimension) !== index)
    if (twice === undefined) continue
    const {name} = problem.dimensions[twice]!
    return {
      kind: 'infeasible',
      rule: 'order',
      reason: `the order of ${hierarchy.levels[level]!.name} names ${name} twice`,
      levers: [`name ${name} once in the order of ${hierarchy.levels[level]!.name}`],
    }
  }
  return undefined
}

function keepsFault({constraints, hierarchy, problem}: Mapspace): Infeasible | undefined {
  const tensor = constraints.levels[0]!.keeps.indexOf(false)
  if (tensor < 0) return undefined
  const outermost = hierarchy.levels[0]!.name
  return {
    kind: 'infeasible',
    rule: 'keeps',
    reason: `${problem.tensors[tensor]!.name} passes ${outermost}, which as the outermost level has to keep every tensor`,
    levers: [`keep ${problem.tensors[tensor]!.name} at ${outermost}`],
  }
}

function fanoutFault({constraints, hierarchy, problem}: Mapspace): Infeasible | undefined {
  for (const [level, {x, y}] of constraints.levels.entries()) {
    const {name, fanout} = hierarchy.levels[level]!
    for (const [axis, loops] of Object.entries({x, y}) as ['x' | 'y', typeof x][]) {
      const fixed = loops.counts.map((count) => (typeof count === 'number' ? count : 1))
      const wanted = fixed.reduce((product, count) => product * count, 1)
      if (wanted <= fanout[axis]) continue
      const names = problem.dimensions.flatMap((dimension, index) => (fixed[index]! > 1 ? [`${dimension.name} to ${fixed[index]}`] : []))
      return {
        kind: 'infeasible',
        rule: 'fanout',
        reason: `${axis} of ${name} fixes ${names.join(' and ')}, ${wanted} in all, but has ${fanout[axis]}`,
        levers: [`fix no more than ${fanout[axis]} along ${axis} of ${name}`, `give ${name} ${wanted} along ${axis}`],
      }
    }
  }
  return undefined
}

function factorsFault({factorizations, hierarchy, problem, constraints}: Mapspace): Infeasible | undefined {
  const dimension = factorizations.findIndex(({count}) => count === 0)
  if (dimension < 0) return undefined
  const {name, size} = problem.dimensions[dimension]!
  const {rules} = factorizations[dimension]!
  const place = (slot: number): string => `${wayNames[slot % 3]} of ${hierarchy.levels[Math.floor(slot / 3)]!.name}`
  const infeasible = (reason: string, levers: readonly string[]): Infeasible => ({kind: 'infeasible', rule: 'factors', reason, levers})
  const fixed = rules.flatMap(({fixedCount}, slot) => (fixedCount === undefined || fixedCount === 1 ? [] : [{slot, count: fixedCount}]))
  for (const {slot, count} of fixed) {
    const above = `${place(slot)} fixes ${name} to ${count}`
    if (count > size) return infeasible(`${above}, more than its ${size}`, [`fix ${name} there to ${size} or less`])
    if (!constraints.allowsImperfect && size % count !== 0)
      return infeasible(`${above}, which does not divide ${size}`, [
        `fix ${name} there to ${nearestDivisor(size, count)}`,
        'allow imperfect loops',
      ])
  }
  const product = fixed.reduce((total, {count}) => total * count, 1)
  if (product > size || (!constraints.allowsImperfect && size % product !== 0)) {
    const counts = fixed.map(({slot, count}) => `${count} in ${place(slot)}`).join(', ')
    return infeasible(`the loops of ${name} are fixed to ${counts}, which multiply to ${product}; its size is ${size}`, [
      `free one of these`,
    ])
  }
  const open = rules.flatMap(({fixedCount, maximumCount}, slot) =>
    fixedCount === undefined && maximumCount > 1 ? [`${maximumCount} in ${place(slot)}`] : [],
  )
  const rest = open.length === 0 ? 'no other loop of it may turn' : `the others may take no more than ${open.join(' and ')}`
  if (givesRest(constraints, dimension))
    return infeasible(`the rest of ${name} is ${Math.ceil(size / product)}, and its loop may turn no more than ${open[0] ?? 'once'}`, [
      `write a count in place of the rest of ${name}`,
    ])
  return infeasible(`the fixed loops of ${name} take ${product} of ${size}, and ${rest}`, [`let some loop of ${name} take the rest`])
}

/** The divisor nearest to a count. */
function nearestDivisor(size: number, count: number): number {
  for (let distance = 0; ; distance++) {
    if (count - distance > 0 && size % (count - distance) === 0) return count - distance
    if (size % (count + distance) === 0) return count + distance
  }
}

function capacityFault({problem, hierarchy, constraints, factorizations}: Mapspace): Infeasible | undefined {
  for (let level = hierarchy.levels.length - 1; level >= 0; level--) {
    const forced = problem.tensors.flatMap((_, tensor) =>
      level === 0 || constraints.levels[level]!.keeps[tensor] === true ? [tensor] : [],
    )
    const fault = roomFault(
      problem,
      hierarchy.levels[level]!,
      forced,
      smallestTile(problem, hierarchy.levels.length, factorizations, level),
    )
    if (fault !== undefined) return fault
  }
  return undefined
}

function smallestTile(problem: Problem, levelCount: number, factorizations: readonly Factorizations[], level: number): Float64Array {
  return Float64Array.from(problem.dimensions, ({size}, dimension) => {
    const row = smallestInner(factorizations[dimension]!)
    let extent = 1
    for (let slot = 3 * level; slot < 3 * levelCount; slot++) extent *= row[slot]!
    return Math.min(size, extent)
  })
}

function roomFault(problem: Problem, level: HierarchyLevel, tensors: readonly number[], extents: Float64Array): Infeasible | undefined {
  const tables = compileNest(problem, {
    name: '',
    hertz: 1,
    levels: [level],
    arithmetic: {name: '', instanceCount: 1, joulesPerOperation: 0, cyclesPerStep: 1},
  }).tensors
  const tiles = tensors.map((tensor) => ({
    name: problem.tensors[tensor]!.name,
    bytes: boxWords(tables, tensor, extents, 0) * tables.elementBytes[tensor]!,
  }))
  const demandBytes = copyCount(level) * tiles.reduce((total, {bytes}) => total + bytes, 0)
  if (demandBytes <= level.capacityBytes) return undefined
  const names = tiles.map(({name}) => name)
  const overBytes = demandBytes - level.capacityBytes
  return {
    kind: 'infeasible',
    rule: 'capacity',
    reason: `no tiling of ${names.join(', ')} fits ${level.name}: the smallest needs ${overBytes} B over its ${level.capacityBytes} B`,
    demandBytes,
    boundBytes: level.capacityBytes,
    levers: [
      `give ${level.name} ${demandBytes} B`,
      ...(level.bufferCount === 2 && demandBytes / 2 <= level.capacityBytes ? [`use one buffer in ${level.name}`] : []),
      ...tiles
        .filter(({bytes}) => demandBytes - bytes * copyCount(level) <= level.capacityBytes)
        .map(({name}) => `let ${name} pass ${level.name}`),
    ],
  }
}
