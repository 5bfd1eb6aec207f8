import {isOverlappingOutput} from '../mapping/nest-tables.js'
import {type Factorizations, factorizationsOf, listed} from './factorizations.js'
import {bitCount, type Mapspace, orderCountOf} from './mapspace.js'
import {type LevelOrders, levelOrders} from './orders.js'

/** The part of a mapspace where which levels keep what, and the class of each level's order, are given. */
export interface Region {
  readonly keeps: Uint8Array
  readonly orders: readonly LevelOrders[]
  /** By level; undefined where the bound must hold for any order, as with imperfect loops. */
  readonly classes: readonly Uint8Array[]
  /** By dimension, rows of counts. */
  readonly rows: readonly Int32Array[]
}

/** A mapspace with all that is surely no better than something else taken out, cut into regions. */
export interface Regions {
  readonly count: number
  readonly at: (index: number) => Region
  /** Mappings left, counting each split of the dimensions once for each region. */
  readonly mappingCount: number
  /** Taken out because another order costs the same or less, and because another level's loops do. */
  readonly equalOrderCount: number
  readonly equalLoopCount: number
}

/** Splits of one dimension that a table may hold. */
const mostRowsCount = 300_000

/** The regions of a mapspace; undefined where its factorizations are too many to list, or where results overlap. */
export function regionsOf(space: Mapspace): Regions | undefined {
  if (space.factorizations.some(({count}) => count > mostRowsCount)) return undefined
  const {problem, constraints, keeps, dimensionBits} = space
  // What stays of tiles of results that overlap depends on every step before, which neither orders nor bounds know.
  if (problem.tensors.some(isOverlappingOutput)) return undefined
  const tables = new Map<number, {readonly rows: readonly Int32Array[]; readonly rowCount: number}>()
  const tablesWithout = (idleBits: number) => {
    const known = tables.get(idleBits)
    if (known !== undefined) return known
    const lists = space.factorizations.map((each) => withoutLevels(each, idleBits, constraints.allowsImperfect))
    const made = {rows: lists.map(listed), rowCount: lists.reduce((product, {count}) => product * count, 1)}
    tables.set(idleBits, made)
    return made
  }
  const known = new Map<string, LevelOrders>()
  const ordersAt = (level: number, heldBits: number): LevelOrders => {
    const key = `${level} ${heldBits}`
    const found = known.get(key)
    if (found !== undefined) return found
    const held = problem.tensors.flatMap((_, tensor) => ((heldBits >> tensor) & 1 ? [tensor] : []))
    const made = levelOrders(problem, constraints.levels[level]!.temporal, held, constraints.allowsImperfect)
    known.set(key, made)
    return made
  }
  const groups = keeps.map((choice) => {
    const orders = constraints.levels.map((_, level) => ordersAt(level, heldInside(choice, level)))
    return {
      keeps: choice,
      orders,
      classCount: orders.reduce((product, {classes}) => product * classes.length, 1),
      table: tablesWithout(idleLevels(space, choice)),
    }
  })
  const starts = groups.map(() => 0)
  let count = 0
  for (const [index, {classCount}] of groups.entries()) {
    starts[index] = count
    count += classCount
  }
  const allRows = space.factorizations.reduce((product, each) => product * each.count, 1)
  const orderCount = constraints.levels.reduce((product, {temporal}) => product * orderCountOf(temporal, dimensionBits), 1)
  const sum = (value: (group: (typeof groups)[number]) => number) => groups.reduce((total, group) => total + value(group), 0)
  return {
    count,
    at: (index) => {
      const group = starts.findLastIndex((start) => start <= index)
      const {keeps: choice, orders, table} = groups[group]!
      let rest = index - starts[group]!
      const classes = orders.map(({classes: each}) => {
        const chosen = each[rest % each.length]!
        rest = Math.floor(rest / each.length)
        return chosen
      })
      return {keeps: choice, orders, classes, rows: table.rows}
    },
    mappingCount: sum(({classCount, table}) => classCount * table.rowCount),
    equalOrderCount: sum(({classCount, table}) => (orderCount - classCount) * table.rowCount),
    equalLoopCount: sum(({table}) => orderCount * (allRows - table.rowCount)),
  }
}

/** The tensors that some level inside of the given one keeps, as bits. */
function heldInside(keeps: Uint8Array, level: number): number {
  return keeps.reduce((bits, kept, inner) => (inner > level ? bits | kept : bits), 0)
}

/**
 * Levels whose loops in time can as well stand one level further out, as bits: they keep nothing, and nothing tells the two levels' loops
 * apart. Tensors with windows can tell loops apart that pass a spatial loop, and so can imperfect loops.
 */
function idleLevels({problem, constraints}: Mapspace, keeps: Uint8Array): number {
  const hasWindows = problem.tensors.some(({ranks}) => ranks.some(({terms}) => terms.length > 1))
  if (hasWindows || constraints.allowsImperfect) return 0
  const isFree = (level: number): boolean => {
    const {counts, maximumCounts, outermost, innermost} = constraints.levels[level]!.temporal
    return [...counts, ...maximumCounts].every((each) => each === undefined) && outermost.length + innermost.length === 0
  }
  let bits = 0
  for (let level = 1; level < keeps.length; level++) if (keeps[level] === 0 && isFree(level) && isFree(level - 1)) bits |= 1 << level
  return bits
}

function withoutLevels(factorizations: Factorizations, idleBits: number, allowsImperfect: boolean): Factorizations {
  if (bitCount(idleBits) === 0) return factorizations
  const rules = factorizations.rules.map((rule, slot) =>
    slot % 3 === 0 && (idleBits >> (slot / 3)) & 1 ? {fixedCount: 1, maximumCount: 1} : rule,
  )
  return factorizationsOf(factorizations.size, rules, allowsImperfect)
}
