import type {FrontScale, frontScale, hypervolumeRatio} from '#ridge/frontier/hypervolume.js'
import type {ObjectiveColumn} from '#ridge/frontier/pareto-front.js'
import type {optimize, SearchTarget} from '#ridge/sweep/optimize.js'
import type {Results} from '#ridge/sweep/optimizers/archive.js'
import type {OptimizerKind} from '#ridge/sweep/optimizers/optimizers.js'

/** What is measured: the built product, or its sources under test. */
export interface Engine {
  readonly optimize: typeof optimize
  readonly frontScale: typeof frontScale
  readonly hypervolumeRatio: typeof hypervolumeRatio
}

/** A space of levels with every one of its designs evaluated once, so that searches of it only look up. */
export interface KnownSpace {
  readonly target: SearchTarget
  readonly pointCount: number
  readonly scale: FrontScale
  /** The hypervolume of the front of all designs, between its ideal and 1.1 of the way to its nadir. */
  readonly hypervolumeRatio: number
}

const seedCount = 10

/** Evaluates every design of a space. */
export async function knownSpace({frontScale, hypervolumeRatio}: Engine, target: SearchTarget): Promise<KnownSpace> {
  const {dimensions} = target
  const strides = dimensions.map((_, index) => dimensions.slice(index + 1).reduce((product, {levelCount}) => product * levelCount, 1))
  const pointCount = strides[0]! * dimensions[0]!.levelCount
  const shares = dimensions.map(({levelCount}, index) =>
    Float64Array.from({length: pointCount}, (_, row) => ((Math.floor(row / strides[index]!) % levelCount) + 0.5) / levelCount),
  )
  const all = await target.evaluate(shares, pointCount)
  const lookUp = (asked: readonly Float64Array[], rowCount: number): Results => {
    const rows = Int32Array.from({length: rowCount}, (_, row) =>
      dimensions.reduce((sum, {levelCount}, index) => sum + Math.floor(asked[index]![row]! * levelCount) * strides[index]!, 0),
    )
    return {
      objectives: all.objectives.map((values) => Float64Array.from(rows, (row) => values[row]!)),
      violationRatios: Float64Array.from(rows, (row) => all.violationRatios[row]!),
    }
  }
  const columns = feasibleColumns(all)
  const scale = frontScale(columns)
  if (scale === undefined) throw new Error('no design is feasible')
  return {target: {...target, evaluate: lookUp}, pointCount, scale, hypervolumeRatio: hypervolumeRatio(columns, scale)}
}

/** The share of the known hypervolume that a search misses. */
export async function gapRatio(
  engine: Engine,
  known: KnownSpace,
  kind: OptimizerKind,
  evaluationCount: number,
  seed: number,
): Promise<number> {
  const archive = await engine.optimize(known.target, {kind, evaluationCount, seed})
  const found = feasibleColumns({objectives: archive.objectives(), violationRatios: archive.violationRatios})
  return 1 - engine.hypervolumeRatio(found, known.scale) / known.hypervolumeRatio
}

/** What a search with one evaluation in a hundred misses: the median of ten seeds. */
export async function medianGapRatio(engine: Engine, known: KnownSpace, kind: OptimizerKind): Promise<number> {
  const gaps: number[] = []
  for (let seed = 1; seed <= seedCount; seed++) gaps.push(await gapRatio(engine, known, kind, Math.floor(known.pointCount / 100), seed))
  gaps.sort((a, b) => a - b)
  return (gaps[seedCount / 2 - 1]! + gaps[seedCount / 2]!) / 2
}

function feasibleColumns({objectives, violationRatios}: Results): ObjectiveColumn[] {
  const rows = Array.from({length: violationRatios.length}, (_, row) => row).filter((row) => violationRatios[row] === 0)
  return objectives.map((values) => ({values: Float64Array.from(rows, (row) => values[row]!), goal: 'min'}))
}
