import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem} from '../workload/problem.js'
import {type Loop, type LoopNest, type LoopWay, loopWays, type NestLevel} from './loop-nest.js'
import type {MappingFault} from './nest-fault.js'
import {crossingFaults} from './systolic/crossing-fault.js'

/** Every fault of a loop nest: loops that an array does not hold, or not at once, and counts that do not make up their dimension. */
export function mappingFaults(nest: LoopNest, problem: Problem, hierarchy: Hierarchy): MappingFault[] {
  return [
    ...spreadFaults(nest, problem, hierarchy),
    ...problem.dimensions.flatMap((_, dimension) => countFault(nest, problem, hierarchy, dimension)),
    ...crossingFaults(nest, problem, hierarchy),
  ]
}

function spreadFaults(nest: LoopNest, {dimensions}: Problem, {levels}: Hierarchy): MappingFault[] {
  return nest.levels.flatMap((level, index) =>
    (['x', 'y'] as const).flatMap((way): MappingFault[] => {
      const {name, fanout} = levels[index]!
      const spread = product(level[way])
      const [first] = level[way]
      if (first === undefined || spread <= fanout[way]) return []
      const loops = level[way].map(({dimension, count}) => `${dimensions[dimension]!.name} ${count}`).join(', ')
      const other = way === 'x' ? 'y' : 'x'
      const isArray = fanout.x * fanout.y > 1
      const reason = isArray
        ? `${loops} along ${way} asks for ${spread} instances, but ${name} has ${fanout[way]} there (${fanout.x} along x, ${fanout.y} along y)`
        : `${loops} along ${way} is unrolled on no array: one instance stands under ${name}`
      const hint = !isArray
        ? 'make it a loop in time'
        : fanout[other] >= spread && product(level[other]) === 1
          ? `spread it along ${other}, or at most ${fanout[way]} along ${way}`
          : `spread at most ${fanout[way]} along ${way}, the rest in time`
      return [{level: index, way, dimension: first.dimension, reason, hint}]
    }),
  )
}

interface PlacedLoop extends Loop {
  readonly level: number
  readonly way: LoopWay
}

/** Counts from the inside out: each covers what is there times its turns, and takes no more turns than are needed. */
function countFault(nest: LoopNest, problem: Problem, hierarchy: Hierarchy, dimension: number): MappingFault[] {
  const {name, size} = problem.dimensions[dimension]!
  const loops = nest.levels.flatMap((level, index) => loopsOf(level, index, dimension))
  let covered = 1
  for (const {level, way, count} of loops.toReversed()) {
    const needed = Math.ceil(size / covered)
    if (count > needed) {
      const reason =
        covered === 1
          ? `${name} ${count} at ${hierarchy.levels[level]!.name} is more than the ${size} that ${name} has`
          : `${name} ${count} at ${hierarchy.levels[level]!.name} is too much: the loops inside it cover ${Math.min(covered, size)} of ${size}`
      const hint = needed === 1 ? `leave this loop over ${name} out` : `write ${name} ${needed}`
      return [{level, way, dimension, reason, hint}]
    }
    covered *= count
  }
  if (covered >= size) return []
  const [outer] = loops
  if (outer === undefined)
    return [
      {level: 0, way: undefined, dimension, reason: `no loop runs over ${name}, which has ${size}`, hint: `add ${name} ${size} to a level`},
    ]
  const factors = loops.map(({count}) => count).join(' · ')
  const reason = `the counts of ${name} do not multiply to its size: ${factors}${loops.length > 1 ? ` = ${covered}` : ''}, but ${name} has ${size}`
  const fitting = Math.ceil(size / (covered / outer.count))
  return [
    {level: outer.level, way: outer.way, dimension, reason, hint: `write ${name} ${fitting} at ${hierarchy.levels[outer.level]!.name}`},
  ]
}

/** The loops of a level over one dimension, outermost first. */
function loopsOf(level: NestLevel, index: number, dimension: number): PlacedLoop[] {
  return loopWays.flatMap((way) => level[way].filter((loop) => loop.dimension === dimension).map((loop) => ({...loop, level: index, way})))
}

function product(loops: readonly Loop[]): number {
  return loops.reduce((turns, {count}) => turns * count, 1)
}
