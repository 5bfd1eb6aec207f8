import type {KernelParameter} from '../cost/calibrated/kernel-model.js'
import {kernelModels} from '../cost/calibrated/kernel-models.js'
import type {Dtype} from '../foundation/dtype.js'
import type {OperatorClass} from '../workload/operator.js'
import {type Confidence, confidenceOf} from './confidence.js'
import {type FitProblem, fitParameters, refitParameters, settleAt} from './fit.js'
import {type DeviceRows, type MeasuredDevices, measuredDevices} from './measured-devices.js'
import {kernelBench, type MeasuredKernel} from './measured-kernel.js'
import {type ErrorMetrics, errorMetrics} from './metrics.js'
import {leftOut, type Split} from './split.js'

/** One parameter as it was fitted. */
export interface FittedParameter extends Confidence {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly least: number
  readonly most: number
  readonly scope: KernelParameter['scope']
  readonly meaning: string
}

/** Error of a regime before and after: of the plain roofline, the fit on what it saw, and fits that did not see the rows. */
export interface RegimeErrors {
  readonly regime: string
  readonly roofline: ErrorMetrics
  readonly before: ErrorMetrics
  readonly fitted: ErrorMetrics
  readonly heldOut: ErrorMetrics
}

/** What one operator class of a device was fitted to, and how well. */
export interface ClassCalibration extends Omit<RegimeErrors, 'regime'> {
  readonly device: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly launch: 'graph' | 'alone'
  readonly rowCount: number
  readonly parameters: readonly FittedParameter[]
  /** Least and greatest of each size. */
  readonly range: Readonly<Record<string, readonly [number, number]>>
  /** These parameters on rows of other devices. */
  readonly transfer: readonly {readonly device: string; readonly rows: number; readonly mape: number}[]
  readonly regimes: readonly RegimeErrors[]
}

export interface Calibration {
  readonly traces: readonly string[]
  readonly split: Split
  readonly devices: readonly {readonly accelerator: string; readonly device: string; readonly sources: readonly string[]}[]
  readonly classes: readonly ClassCalibration[]
}

export interface CalibrateOptions {
  readonly traces: readonly string[]
  readonly split: Split
  /** Name or file of the accelerator to fit; by default every measured one. */
  readonly accelerator?: string | undefined
  /** Fit the measured devices of a generation together, with the parameters shared that one shares. */
  readonly generation?: string | undefined
  readonly signal?: AbortSignal
  readonly onRow?: () => void
  readonly onFit?: (done: number, total: number, what: string) => void
}

/** Fits the parameters of each operator class and format that the traces measure. */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const measured = await measuredDevices(options)
  const isJoint = options.generation !== undefined
  const groups = isJoint ? measured.classes : measured.classes.flatMap((rows) => rows.map((each) => [each]))
  const classes: ClassCalibration[] = []
  for (const [index, group] of groups.entries()) {
    options.signal?.throwIfAborted()
    const [{device, class: name, dtype}] = group as readonly [DeviceRows]
    options.onFit?.(index, groups.length, `${isJoint ? options.generation : device} ${name} ${dtype}`)
    // A turn of the event loop between fits lets progress draw and an interrupt arrive.
    await new Promise((resolve) => setImmediate(resolve))
    classes.push(...groupCalibration(group, measured, options.split))
  }
  options.onFit?.(groups.length, groups.length, '')
  return {traces: options.traces, split: options.split, devices: measured.devices, classes: classes.sort(byDevice)}
}

function byDevice(a: ClassCalibration, b: ClassCalibration): number {
  return a.device === b.device ? 0 : a.device < b.device ? -1 : 1
}

/** The rows of one class on one device, with the array that their kernels read. */
interface Bench extends DeviceRows {
  readonly parameters: Float64Array
  readonly kernels: readonly MeasuredKernel[]
  /** The place in the vector of the fit of each parameter. */
  readonly places: readonly number[]
}

function groupCalibration(group: readonly DeviceRows[], measured: MeasuredDevices, split: Split): ClassCalibration[] {
  const {class: operatorClass} = group[0]!
  const entries = Object.entries(kernelModels[operatorClass]!.parameters)
  const specs: KernelParameter[] = []
  const shared = entries.map(([, spec]) => (spec.scope === 'generation' ? specs.push(spec) - 1 : -1))
  const benches = group.map((rows): Bench => {
    const parameters = new Float64Array(entries.length)
    const measure = kernelBench(rows.accelerator, parameters)
    const kernels = rows.rows.map(({request, row}) => measure(request, row))
    return {
      ...rows,
      parameters,
      kernels,
      places: entries.map(([, spec], index) => (shared[index]! >= 0 ? shared[index]! : specs.push(spec) - 1)),
    }
  })
  const apply = (values: Float64Array): void => {
    for (const {parameters, places} of benches) for (const [index, place] of places.entries()) parameters[index] = values[place]!
  }
  const problem: FitProblem = {specs, apply}
  const kernels = benches.flatMap((bench) => bench.kernels)
  const values = fitParameters(problem, kernels)
  const heldOutSeconds = predictedUnseen(problem, kernels, values, split)
  const confidence = confidenceOf(problem, kernels, values)
  settleAt(problem, kernels, values)
  let offset = 0
  return benches.map((bench) => {
    const unseen = heldOutSeconds.subarray(offset, (offset += bench.kernels.length))
    return classCalibration(bench, entries, confidence, unseen, measured)
  })
}

/** The prediction of each row by a fit that did not see its shape; NaN where no fit left it out. */
function predictedUnseen(problem: FitProblem, kernels: readonly MeasuredKernel[], values: Float64Array, split: Split): Float64Array {
  const seconds = new Float64Array(kernels.length).fill(Number.NaN)
  for (const out of leftOut(kernels, split)) {
    const seen = kernels.filter((_, index) => !out.has(index))
    if (out.size === 0 || seen.length === 0) continue
    const refitted = refitParameters(problem, seen, values)
    settleAt(
      problem,
      [...out].map((index) => kernels[index]!),
      refitted,
    )
    for (const index of out) seconds[index] = kernels[index]!.predictedSeconds()
  }
  return seconds
}

function classCalibration(
  bench: Bench,
  entries: readonly (readonly [string, KernelParameter])[],
  confidence: readonly Confidence[],
  heldOutSeconds: Float64Array,
  measured: MeasuredDevices,
): ClassCalibration {
  const {device, class: operatorClass, dtype, launch, kernels, parameters, places, rows} = bench
  const results = kernels.map((kernel, index) => ({
    measured: kernel.measuredSeconds,
    roofline: kernel.rooflineSeconds,
    before: beforeSeconds(rows[index]!),
    fitted: kernel.predictedSeconds(),
    heldOut: heldOutSeconds[index]!,
    regimes: kernel.regimes(),
  }))
  const regimes = [...new Set(results.flatMap((result) => result.regimes))].sort((a, b) => a.localeCompare(b, 'en', {numeric: true}))
  return {
    device,
    class: operatorClass,
    dtype,
    launch,
    rowCount: kernels.length,
    ...errorsOf(results)!,
    parameters: entries.map(([name, {unit, least, most, scope, meaning}], index) => ({
      name,
      value: parameters[index]!,
      unit,
      least,
      most,
      scope,
      meaning,
      ...confidence[places[index]!]!,
    })),
    range: rangeOf(bench),
    transfer: transferOf(bench, measured),
    regimes: regimes.flatMap((regime) => {
      const errors = errorsOf(results.filter((result) => result.regimes.includes(regime)))
      return errors === undefined ? [] : [{regime, ...errors}]
    }),
  }
}

function beforeSeconds({row, before}: DeviceRows['rows'][number]): number {
  const prediction = before(row)
  return prediction.kind === 'predicted' ? prediction.latencySeconds : Number.NaN
}

interface RowResult {
  readonly measured: number
  readonly roofline: number
  readonly before: number
  readonly fitted: number
  readonly heldOut: number
}

/** Errors over the rows; undefined where none of them was left out. */
function errorsOf(results: readonly RowResult[]): Omit<RegimeErrors, 'regime'> | undefined {
  const of = (key: keyof RowResult): ErrorMetrics | null => {
    const counted = results.filter((result) => Number.isFinite(result[key]))
    return errorMetrics(
      Float64Array.from(counted, (result) => result[key]),
      Float64Array.from(counted, ({measured}) => measured),
      counted.length,
    )
  }
  const [roofline, before, fitted, heldOut] = [of('roofline'), of('before'), of('fitted'), of('heldOut')]
  return roofline && before && fitted && heldOut ? {roofline, before, fitted, heldOut} : undefined
}

function rangeOf({rows}: DeviceRows): ClassCalibration['range'] {
  const range: Record<string, readonly [number, number]> = {}
  for (const {request} of rows) {
    for (const [name, value] of Object.entries(request.operator.shape)) {
      if (typeof value !== 'number') continue
      const [least, most] = range[name] ?? [value, value]
      range[name] = [Math.min(least, value), Math.max(most, value)]
    }
  }
  return range
}

/** What these parameters predict of the same kernels on other devices. */
function transferOf(bench: Bench, {all}: MeasuredDevices): ClassCalibration['transfer'] {
  const others = all.filter(
    (rows) => rows.class === bench.class && rows.dtype === bench.dtype && rows.launch === bench.launch && rows.device !== bench.device,
  )
  return others.map(({accelerator, device, rows}) => {
    const measure = kernelBench(accelerator, bench.parameters)
    const kernels = rows.map(({request, row}) => measure(request, row))
    for (const kernel of kernels) kernel.settle()
    const misses = kernels.map((kernel) => Math.abs(kernel.predictedSeconds() / kernel.measuredSeconds - 1))
    return {device, rows: rows.length, mape: misses.reduce((sum, miss) => sum + miss, 0) / misses.length}
  })
}
