import type {LoopNest} from '../../src/mapping/loop-nest.js'
import type {SystolicArray} from '../../src/mapping/systolic/fold-cycles.js'
import type {Problem} from '../../src/workload/problem.js'

/** Cycles of a nest with one tensor held, by a walk through its steps in order: a fold lasts while no loop outside of those innermost that do not index it turns. */
export function walkedFoldCycles(problem: Problem, nest: LoopNest, array: SystolicArray, held: number): number {
  const loops = nest.levels.flatMap(({temporal, x, y}) => [
    ...temporal.map((loop) => ({...loop, isTemporal: true})),
    ...[...x, ...y].map((loop) => ({...loop, isTemporal: false})),
  ])
  const strides = loops.map(({dimension}, place) =>
    loops.slice(place + 1).reduce((stride, loop) => (loop.dimension === dimension ? stride * loop.count : stride), 1),
  )
  const temporal = loops.map((loop, place) => ({...loop, stride: strides[place]!})).filter(({isTemporal}) => isTemporal)
  const tensor = problem.tensors[held]!
  const dimensions = new Set(tensor.ranks.flatMap(({terms}) => terms.map(({dimension}) => dimension)))
  const outerCount = temporal.findLastIndex(({dimension}) => dimensions.has(dimension)) + 1
  const folds: {readonly turns: string; readonly tile: string; streamCycles: number}[] = []
  const walk = (place: number, starts: readonly number[], outerTurns: readonly number[]): void => {
    if (starts.some((start, dimension) => start >= problem.dimensions[dimension]!.size)) return
    const loop = temporal[place]
    if (loop === undefined) {
      const tile = starts.filter((_, dimension) => dimensions.has(dimension)).join()
      const turns = outerTurns.join()
      if (folds.at(-1)?.turns === turns) folds.at(-1)!.streamCycles++
      else folds.push({turns, tile, streamCycles: 1})
      return
    }
    for (let turn = 0; turn < loop.count; turn++)
      walk(
        place + 1,
        starts.with(loop.dimension, starts[loop.dimension]! + turn * loop.stride),
        place < outerCount ? [...outerTurns, turn] : outerTurns,
      )
  }
  walk(
    0,
    problem.dimensions.map(() => 0),
    [],
  )
  return cyclesOf(folds, array, tensor.isOutput)
}

function cyclesOf(
  folds: readonly {readonly tile: string; readonly streamCycles: number}[],
  {rows, columns, isPreloading}: SystolicArray,
  isOutput: boolean,
): number {
  const seen = new Set<string>()
  let [cycle, end] = [0, 0]
  for (const [index, {tile, streamCycles}] of folds.entries()) {
    // Sums that were not begun are not there to be loaded.
    const isLoaded = !isOutput || seen.has(tile)
    seen.add(tile)
    if (isLoaded && (!isPreloading || index === 0)) cycle += rows
    end = cycle + streamCycles + rows + columns - 2
    cycle = isPreloading ? cycle + Math.max(streamCycles, rows) : end
  }
  return end
}
