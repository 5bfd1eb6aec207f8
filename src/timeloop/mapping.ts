import {type Factor, factorsOf, keepsOf, kindOf, levelOf, padded, permutationOf, type Scope, splitOf, titleOf} from './directives.js'
import {child, fault, fileName, items, type Part, refusal} from './part.js'
import {targetsOf} from './sections.js'

interface Placed {
  readonly dimension: number
  readonly count: number
  readonly lastCount: number | undefined
}

type Way = 'temporal' | 'x' | 'y'
interface MappedLevel {
  temporal: Placed[]
  x: Placed[]
  y: Placed[]
  bypass: readonly number[]
  readonly at: Map<string, Part>
}

export interface TranslatedMapping {
  readonly data: Readonly<Record<string, unknown>>
  /** Instances in use, by level, outermost first. */
  readonly usedInstances: readonly number[]
}

/** A mapping as a mapping file that counts as Timeloop does. */
export function translateMapping(mapping: Part, scope: Scope): TranslatedMapping {
  const levels = scope.levels.map((): MappedLevel => ({temporal: [], x: [], y: [], bypass: [], at: new Map()}))
  for (const directive of items(targetsOf(mapping))) readDirective(directive, scope, levels)
  fillRests(mapping, scope, levels)
  checkCounts(mapping, scope, levels)
  checkArrays(scope, levels)
  let instances = 1
  const usedInstances = levels.map(({x, y}) => {
    const here = instances
    instances *= product([...x, ...y])
    return here
  })
  return {
    usedInstances,
    data: {
      title: 'imported from Timeloop',
      source: `mapping of Timeloop: ${fileName(mapping)}`,
      counting: 'timeloop-3.0.3',
      levels: Object.fromEntries(levels.map((level, index) => [scope.levels[index]!.name, levelData(level, scope)])),
    },
  }
}

function readDirective(directive: Part, scope: Scope, levels: readonly MappedLevel[]): void {
  const kind = kindOf(directive, {skew: 'skewed arrays are not modelled'})
  const index = levelOf(directive, scope)
  const level = levels[index]!
  if (level.at.has(kind)) throw fault(directive, `a second ${titleOf(directive)}`, ['keep one of the two'])
  level.at.set(kind, directive)
  if (kind === 'bypass') {
    const {bypass} = keepsOf(directive, scope)
    if (index === 0 && bypass.length > 0)
      throw refusal(
        directive,
        `${scope.levels[0]!.name} is the outermost storage, where every tensor comes from, but ${scope.problem.tensors[bypass[0]!]!.name} passes it`,
      )
    level.bypass = bypass
    return
  }
  const factors = factorsOf(directive, scope)
  const bound = factors.find(({relation}) => relation !== '=')
  if (bound !== undefined) throw fault(child(directive, 'factors')!, 'a mapping fixes its factors; bounds belong into constraints')
  const order = padded(permutationOf(directive, scope), scope)
  const loops = order.flatMap((dimension, place) => {
    const factor = factors.find((each: Factor) => each.dimension === dimension)
    return factor === undefined ? [] : [{place, dimension, count: factor.count, lastCount: factor.lastCount}]
  })
  const outward = loops.toReversed()
  if (kind === 'temporal') level.temporal = outward
  else {
    const split = splitOf(directive) ?? order.length
    level.x = outward.filter(({place}) => place < split)
    level.y = outward.filter(({place}) => place >= split)
  }
}

const ways = ['temporal', 'y', 'x'] as const satisfies readonly Way[]

/** A count of 0 takes what the other loops over its dimension leave. */
function fillRests(mapping: Part, {problem}: Scope, levels: readonly MappedLevel[]): void {
  for (const [dimension, {name, size}] of problem.dimensions.entries()) {
    const loops = loopsOver(levels, dimension)
    const open = loops.filter(({loop}) => loop.count === 0)
    if (open.length > 1) throw fault(mapping, `${name} has ${open.length} factors of 0, and nothing says how they share it`)
    for (const {level, way, loop} of open) {
      const rest = size / product(loops.filter((each) => each.loop !== loop).map((each) => each.loop))
      if (!Number.isInteger(rest)) throw fault(directiveOf(level, way) ?? mapping, `the other factors of ${name} do not divide ${size}`)
      level[way] = level[way].map((each) => (each === loop ? {...each, count: rest} : each))
    }
  }
}

/** Counts multiply to the size, or state the turns of their last rounds, which follow from the size. */
function checkCounts(mapping: Part, {problem}: Scope, levels: readonly MappedLevel[]): void {
  for (const [dimension, {name, size}] of problem.dimensions.entries()) {
    const loops = loopsOver(levels, dimension)
    const counts = loops.map(({loop}) => loop.count)
    const isPerfect = product(loops.map(({loop}) => loop)) === size
    let left = size - 1
    for (const {level, way, loop} of loops.toReversed()) {
      const lastCount = 1 + (left % loop.count)
      left = Math.floor(left / loop.count)
      const at = directiveOf(level, way) ?? mapping
      if (!isPerfect && (loop.lastCount ?? loop.count) !== lastCount)
        throw fault(child(at, 'factors') ?? at, `the factors of ${name} (${counts.join(' × ')}) do not make up its ${size}`, [
          `write ${name}=${loop.count},${lastCount} where the last round takes ${lastCount} of ${loop.count} turns`,
        ])
      if (isPerfect && loop.lastCount !== undefined && loop.lastCount !== loop.count)
        throw fault(
          child(at, 'factors') ?? at,
          `the last round of ${name}=${loop.count},${loop.lastCount} is cut short, though the factors divide ${size}`,
        )
    }
    if (left > 0) throw fault(mapping, `the factors of ${name} (${counts.join(' × ') || 'none'}) do not make up its ${size}`)
    const idle = isPerfect ? undefined : needless(loops, size)
    if (idle !== undefined)
      throw refusal(directiveOf(idle.level, idle.way) ?? mapping, `${name}=${idle.loop.count} has turns that nothing is left for`, [
        'write the count that is needed',
      ])
  }
}

interface Located {
  readonly level: MappedLevel
  readonly way: Way
  readonly loop: Placed
}

function needless(loops: readonly Located[], size: number): Located | undefined {
  let covered = 1
  for (const located of loops.toReversed()) {
    if (covered * (located.loop.count - 1) >= size && located.loop.count > 1) return located
    covered *= located.loop.count
  }
  return undefined
}

/** Loops over one dimension, outermost first. */
function loopsOver(levels: readonly MappedLevel[], dimension: number): Located[] {
  return levels.flatMap((level) =>
    ways.flatMap((way) => level[way].filter((loop) => loop.dimension === dimension).map((loop) => ({level, way, loop}))),
  )
}

function checkArrays(scope: Scope, levels: readonly MappedLevel[]): void {
  for (const [index, level] of levels.entries()) {
    const {name, fanout} = scope.levels[index]!
    for (const way of ['x', 'y'] as const) {
      const spread = product(level[way])
      if (spread <= fanout[way]) continue
      throw fault(
        directiveOf(level, way)!,
        `${spread} instances along ${way} under ${name}, where ${fanout[way]} stand (${fanout.x} along x, ${fanout.y} along y)`,
        [
          fanout.x * fanout.y === 1
            ? 'make it temporal'
            : '`split` says how many dimensions of the permutation run along x; meshX and meshY say how wide the array is',
        ],
      )
    }
  }
}

function directiveOf(level: MappedLevel, way: Way): Part | undefined {
  return level.at.get(way === 'temporal' ? 'temporal' : 'spatial')
}

function levelData(level: MappedLevel, {problem}: Scope): Record<string, unknown> {
  const written = (['temporal', 'x', 'y'] as const).flatMap((way) => {
    const loops = level[way].filter(({count}) => count > 1).map(({dimension, count}) => `${problem.dimensions[dimension]!.name} ${count}`)
    return loops.length === 0 ? [] : [[way, loops] as const]
  })
  const bypass = level.bypass.map((tensor) => problem.tensors[tensor]!.name)
  return {...Object.fromEntries(written), ...(bypass.length === 0 ? {} : {bypass})}
}

function product(loops: readonly Placed[]): number {
  return loops.reduce((all, {count}) => all * count, 1)
}
