import {kernelModels} from '../cost/calibrated/kernel-models.js'
import {UserError} from '../foundation/user-error.js'
import {type Confidence, confidenceOf} from './confidence.js'
import {fitAt, fitParameters} from './fit.js'
import {type FitProblem, within} from './fit-problem.js'
import {jointVector, spreadVector} from './joint-vector.js'
import type {DeviceRows} from './measured-devices.js'
import {kernelBench, type MeasuredKernel} from './measured-kernel.js'
import {leftOut, type Split} from './split.js'

/** The rows of one class on one device, and what a fit made of them. */
export interface FittedRows extends DeviceRows {
  readonly kernels: readonly MeasuredKernel[]
  /** In the order of the parameters of the class's model; the kernels read them. */
  readonly parameters: Float64Array
  readonly confidence: readonly Confidence[]
  /** Each kernel's prediction by the fit on all rows, at its settled clock. */
  readonly fittedSeconds: Float64Array
  /** By the fit that did not see its shape; NaN where none left it out. */
  readonly heldOutSeconds: Float64Array
}

/** Told before each fit: throws where work is to end, and lets progress draw. */
export type BeforeFit = (rowCount: number) => Promise<void>

interface Bench extends DeviceRows {
  readonly parameters: Float64Array
  readonly kernels: readonly MeasuredKernel[]
  /** The place in the vector of the fit of each parameter. */
  readonly places: readonly number[]
}

/** Fits one class on one device, or on several that share the parameters which a generation shares: without each held-out part in turn, then on all rows. */
export async function fitClass(group: readonly DeviceRows[], split: Split, beforeFit: BeforeFit): Promise<FittedRows[]> {
  const {benches, problem} = jointProblem(group)
  const kernels = benches.flatMap((bench) => bench.kernels)
  const heldOutSeconds = new Float64Array(kernels.length).fill(Number.NaN)
  const found: Float64Array[] = []
  for (const out of leftOut(kernels, split)) {
    const seen = kernels.filter((_, index) => !out.has(index))
    if (seen.length < fewestSeenRows) throw tooFewSeen(group[0]!, seen.length)
    await beforeFit(seen.length)
    const {values} = fitParameters(problem, seen)
    problem.apply(values)
    for (const index of out) heldOutSeconds[index] = kernels[index]!.settledSeconds()
    found.push(values)
  }
  await beforeFit(kernels.length)
  // The held-out fits know nothing of each other; the last one may begin where any of them ended.
  const values = kept(problem, fitParameters(problem, kernels, found).values)
  const confidence = confidenceOf(problem, kernels, values)
  fitAt(problem, kernels, values)
  const fittedSeconds = Float64Array.from(kernels, (kernel) => kernel.predictedSeconds())
  return benches.map(({places, ...bench}, index) => {
    const start = benches.slice(0, index).reduce((sum, before) => sum + before.kernels.length, 0)
    const end = start + bench.kernels.length
    return {
      ...bench,
      confidence: places.map((place) => confidence[place]!),
      fittedSeconds: fittedSeconds.subarray(start, end),
      heldOutSeconds: heldOutSeconds.subarray(start, end),
    }
  })
}

/** Fewer rows than this tell a fit nothing. */
const fewestSeenRows = 10

function tooFewSeen({device, class: name, dtype}: DeviceRows, seenCount: number): UserError {
  return new UserError(`leaving rows out leaves ${seenCount} of ${device} ${name} ${dtype} to fit, but ${fewestSeenRows} are needed`, {
    code: 'NOTHING_TO_FIT',
    suggestions: ['leave out less: --holdout 0.5, or --folds 5'],
  })
}

/** Fits of this many rows each, the last on all of them. */
export function fitRowCounts(group: readonly DeviceRows[], split: Split): number {
  const rowCount = group.reduce((sum, {rows}) => sum + rows.length, 0)
  return Math.round(rowCount * (split.kind === 'folds' ? split.count : 2 - split.ratio))
}

function jointProblem(group: readonly DeviceRows[]): {benches: readonly Bench[]; problem: FitProblem} {
  const own = Object.values(kernelModels[group[0]!.class]!.parameters)
  const {specs, places} = jointVector(own, group.length)
  const benches = group.map((rows, device): Bench => {
    const parameters = Float64Array.from(own, ({start}) => start)
    const measure = kernelBench(rows.accelerator, parameters)
    return {...rows, parameters, kernels: rows.rows.map(({request, row}) => measure(request, row)), places: places[device]!}
  })
  const arrays = benches.map(({parameters}) => parameters)
  return {benches, problem: {specs, apply: (values) => spreadVector(values, places, arrays)}}
}

/** As a profile keeps them, so that all errors are those of what is written. */
function kept({specs}: FitProblem, values: Float64Array): Float64Array {
  return values.map((value, index) => within(specs[index]!, Number(value.toPrecision(4))))
}
