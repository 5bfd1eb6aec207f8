import type {KernelParameter} from '../cost/calibrated/kernel-model.js'
import {kernelModels} from '../cost/calibrated/kernel-models.js'
import type {Dtype} from '../foundation/dtype.js'
import {otherTurns} from '../foundation/other-turns.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {OperatorClass} from '../workload/operator.js'
import {fewestWorkloads, type PowerCalibration} from './calibrate-power.js'
import {type FittedRows, fitClass, fitRowCounts} from './class-fit.js'
import type {Confidence} from './confidence.js'
import {type DeviceRows, type FittedDevice, type MeasuredDevices, type MeasuredOptions, measuredDevices} from './measured-devices.js'
import {kernelBench} from './measured-kernel.js'
import {type ErrorMetrics, errorMetrics} from './metrics.js'
import type {Split} from './split.js'

/** One parameter as it was fitted. */
export interface FittedParameter extends Confidence {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What physics allows. */
  readonly bounds: readonly [number, number]
  readonly scope: KernelParameter['scope']
  readonly meaning: string
}

/** Errors on the same rows: of the plain roofline, of what stood before, of the fit on what it saw, and of fits that did not see them. */
export interface FitErrors {
  readonly roofline: ErrorMetrics
  readonly before: ErrorMetrics
  readonly fitted: ErrorMetrics
  readonly heldOut: ErrorMetrics
}

export interface RegimeErrors extends FitErrors {
  readonly regime: string
}

/** What one operator class of a device was fitted to, and how well. */
export interface ClassCalibration extends FitErrors {
  readonly device: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly launch: 'graph' | 'alone'
  readonly hidesHost: boolean
  readonly rowCount: number
  readonly parameters: readonly FittedParameter[]
  /** Least and greatest of each size. */
  readonly range: Readonly<Record<string, readonly [number, number]>>
  /** These parameters on rows of devices that nothing of them was fitted to. */
  readonly transfer: readonly {readonly device: string; readonly rows: number; readonly mape: number}[]
  readonly regimes: readonly RegimeErrors[]
}

/** What became of the rows of one trace; errors are null where none was fitted. */
export interface TraceCalibration {
  readonly trace: string
  readonly rowCount: number
  readonly fittedCount: number
  readonly errors: FitErrors | null
}

export interface Calibration {
  readonly traces: readonly TraceCalibration[]
  readonly skipped: MeasuredDevices['skipped']
  readonly split: Split
  readonly devices: readonly FittedDevice[]
  readonly classes: readonly ClassCalibration[]
  /** What whole passes with power tell of the energies of each device. */
  readonly power: readonly PowerCalibration[]
}

export interface CalibrateOptions extends MeasuredOptions {
  readonly split: Split
  /** Told before each fit, of how many rows in all. */
  readonly onFit?: (doneRowCount: number, totalRowCount: number) => void | Promise<void>
}

/** Fits the parameters of each operator class and format that the traces measure. */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const {split, signal, onFit, generation} = options
  const measured = await measuredDevices(options)
  const groups = generation === undefined ? measured.classes.flat().map((rows) => [rows]) : measured.classes
  const totalRowCount = groups.reduce((sum, group) => sum + fitRowCounts(group, split), 0)
  let doneRowCount = 0
  const beforeFit = async (rowCount: number): Promise<void> => {
    await onFit?.(doneRowCount, totalRowCount)
    await otherTurns()
    signal?.throwIfAborted()
    doneRowCount += rowCount
  }
  const fits: {readonly rows: FittedRows; readonly others: readonly DeviceRows[]}[] = []
  for (const group of groups) {
    const others = measured.all.filter((rows) => isElsewhere(rows, group))
    for (const rows of await fitClass(group, split, beforeFit)) fits.push({rows, others})
  }
  await onFit?.(totalRowCount, totalRowCount)
  const isKept = ({device}: {readonly device: string}): boolean => measured.own === undefined || device === measured.own
  const results = new Map(fits.map(({rows}) => [rows, resultsOf(rows)]))
  const {power, fittedRows, skipped} = await calibratePasses(measured.passes.filter(({accelerator}) => isKept({device: accelerator.name})))
  if (fits.length + power.length === 0) throw nothingFitted(skipped)
  return {
    traces: measured.traces.map((trace, index) => traceCalibration(trace, [...results.values()].flat(), fittedRows, index)),
    skipped: [...measured.skipped, ...skipped],
    split,
    devices: measured.devices.filter(isKept),
    classes: fits
      .filter(({rows}) => isKept(rows))
      .map(({rows, others}) => classCalibration(rows, results.get(rows)!, others))
      .sort(byDevice),
    power,
  }
}

/** Fits the energies of each device that has passes enough; the module is loaded where there are some. */
async function calibratePasses(devices: MeasuredDevices['passes']) {
  if (devices.length === 0) return {power: [], fittedRows: [], skipped: []}
  const {calibratePower} = await import('./calibrate-power.js')
  const done = devices.map(({accelerator, rows}) => {
    const {power, used, skipped} = calibratePower(
      accelerator,
      rows.map(({row}) => row),
    )
    return {power, skipped, fittedRows: rows.filter(({row}) => used.has(row))}
  })
  return {
    power: done.flatMap(({power}) => power ?? []),
    fittedRows: done.flatMap(({fittedRows}) => fittedRows),
    skipped: done.flatMap(({skipped}) => skipped),
  }
}

function byDevice(a: ClassCalibration, b: ClassCalibration): number {
  const key = ({device, class: name, dtype, launch}: ClassCalibration): string => `${device} ${name} ${dtype} ${launch}`
  return key(a) < key(b) ? -1 : 1
}

/** Rows of the same class, format and way of issuing, on a device that is not of this group. */
function isElsewhere({class: name, dtype, launch, device}: DeviceRows, group: readonly DeviceRows[]): boolean {
  const {class: fitted, dtype: fittedDtype, launch: fittedLaunch} = group[0]!
  const isSame = name === fitted && dtype === fittedDtype && launch === fittedLaunch
  return isSame && group.every((each) => each.device !== device)
}

/** One measured kernel beside everything that was predicted of it. */
interface RowResult {
  readonly traceIndex: number
  readonly regimes: readonly string[]
  readonly measured: number
  readonly roofline: number
  readonly before: number
  readonly fitted: number
  readonly heldOut: number
}

function resultsOf({kernels, rows, fittedSeconds, heldOutSeconds}: FittedRows): RowResult[] {
  return kernels.map((kernel, index) => ({
    traceIndex: rows[index]!.traceIndex,
    regimes: kernel.regimes(),
    measured: kernel.measuredSeconds,
    roofline: kernel.rooflineSeconds,
    before: rows[index]!.beforeSeconds,
    fitted: fittedSeconds[index]!,
    heldOut: heldOutSeconds[index]!,
  }))
}

function traceCalibration(
  {trace, rowCount}: MeasuredDevices['traces'][number],
  results: readonly RowResult[],
  passes: readonly {readonly traceIndex: number}[],
  index: number,
): TraceCalibration {
  const isOwn = ({traceIndex}: {readonly traceIndex: number}): boolean => traceIndex === index
  const own = results.filter(isOwn)
  return {trace, rowCount, fittedCount: own.length + passes.filter(isOwn).length, errors: errorsOf(own)}
}

function classCalibration(fit: FittedRows, results: readonly RowResult[], others: readonly DeviceRows[]): ClassCalibration {
  const {device, class: operatorClass, dtype, launch, hidesHost, parameters, confidence} = fit
  const errors = errorsOf(results)
  if (errors === null) throw nothingLeftOut(fit)
  const regimes = [...new Set(results.flatMap((result) => result.regimes))].sort((a, b) => a.localeCompare(b, 'en', {numeric: true}))
  return {
    device,
    class: operatorClass,
    dtype,
    launch,
    hidesHost,
    rowCount: results.length,
    ...errors,
    parameters: Object.entries(kernelModels[operatorClass]!.parameters).map(([name, {unit, least, most, scope, meaning}], index) => {
      return {name, value: parameters[index]!, unit, bounds: [least, most], scope, meaning, ...confidence[index]!}
    }),
    range: rangeOf(fit),
    transfer: others.map((rows) => transferTo(rows, parameters)),
    regimes: regimes.flatMap((regime) => {
      const ofRegime = errorsOf(results.filter((result) => result.regimes.includes(regime)))
      return ofRegime === null ? [] : [{regime, ...ofRegime}]
    }),
  }
}

/** Errors over the rows; null where none of them was left out of a fit. */
function errorsOf(results: readonly RowResult[]): FitErrors | null {
  const of = (key: 'roofline' | 'before' | 'fitted' | 'heldOut'): ErrorMetrics | null => {
    const counted = results.filter((result) => Number.isFinite(result[key]))
    return errorMetrics(
      Float64Array.from(counted, (result) => result[key]),
      Float64Array.from(counted, ({measured}) => measured),
      counted.length,
    )
  }
  const [roofline, before, fitted, heldOut] = [of('roofline'), of('before'), of('fitted'), of('heldOut')]
  return roofline && before && fitted && heldOut ? {roofline, before, fitted, heldOut} : null
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

/** What these parameters predict of the same kernels on another device. */
function transferTo({accelerator, device, rows}: DeviceRows, parameters: Float64Array): ClassCalibration['transfer'][number] {
  const measure = kernelBench(accelerator, parameters)
  const kernels = rows.map(({request, row}) => measure(request, row))
  const misses = kernels.map((kernel) => Math.abs(kernel.settledSeconds() / kernel.measuredSeconds - 1))
  return {device, rows: rows.length, mape: misses.reduce((sum, miss) => sum + miss, 0) / misses.length}
}

function nothingFitted(skipped: Calibration['skipped']): UserError {
  const found = [
    'the traces hold neither kernels nor passes enough to fit',
    ...skipped.map(({reason, count}) => `${count} not fitted: ${reason}`),
  ]
  return new UserError(found.join('\n  '), {
    code: 'NOTHING_TO_FIT',
    suggestions: [
      `measure kernels, or ${fewestWorkloads} workloads of passes with power_w and clock_mhz; \`ridge schema trace\` tells the columns`,
    ],
  })
}

function nothingLeftOut({device, class: name, dtype}: DeviceRows): UserError {
  return new UserError(`--holdout leaves out no row of ${name} ${dtype} on ${device}, so that its error can't be told`, {
    code: 'BAD_VALUE',
    exitCode: exitCodes.usage,
    suggestions: ['leave out a larger share, such as --holdout 0.5'],
  })
}
