import {loadAccelerator} from '../accelerator/load-accelerator.js'
import type {ThreeConstants} from '../cost/calibrated/calibrated.js'
import type {Dtype} from '../foundation/dtype.js'
import {UserError} from '../foundation/user-error.js'
import {readTrace} from '../trace/read-trace.js'
import {traceRequest} from '../trace/to-operator.js'
import type {OperatorClass} from '../workload/operator.js'
import {type Fit, fitThreeConstants, foldsByShape, meanError} from './fit.js'
import {kernelBench, type MeasuredKernel} from './measured-kernel.js'

/** What one operator class of a device was fitted to, and how well. */
export interface ClassCalibration extends ThreeConstants {
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly rowCount: number
  /** Mean error of the plain roofline, of the fit on the rows it saw, and on rows it did not see. */
  readonly rooflineMape: number
  readonly fittedMape: number
  readonly heldOutMape: number
  readonly undetermined: readonly string[]
}

export interface Calibration {
  readonly accelerator: string
  readonly traces: readonly string[]
  readonly sources: readonly string[]
  readonly foldCount: number
  readonly classes: readonly ClassCalibration[]
}

export interface CalibrateOptions {
  readonly accelerator: string
  readonly traces: readonly string[]
  readonly foldCount: number
  readonly signal?: AbortSignal
  readonly onRow?: () => void
}

/** Fewer rows than this determine no constants. */
const fewestRows = 20

/** Rounds in which the clocks that the power limit leaves follow the constants, and the constants the clocks. */
const settlings = 3

/** Fits the constants of each operator class and format that the traces measure on this accelerator. */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const {traces, foldCount} = options
  const {name, byClass, sources, devices} = await measuredKernels(options)
  const classes = [...byClass.values()].filter(({kernels}) => kernels.length >= fewestRows)
  if (classes.length === 0) throw nothingToFit(name, byClass, devices)
  return {
    accelerator: options.accelerator,
    traces,
    sources: [...sources].sort(),
    foldCount,
    classes: classes.map((each) => classCalibration(each, foldCount)),
  }
}

function classCalibration({class: operatorClass, dtype, kernels}: ClassKernels, foldCount: number): ClassCalibration {
  const {constants, undetermined} = settledFit(kernels)
  const misses = kernels.map(({rooflineSeconds, measuredSeconds}) => Math.abs(rooflineSeconds / measuredSeconds - 1))
  return {
    class: operatorClass,
    dtype,
    ...constants,
    rowCount: kernels.length,
    rooflineMape: misses.reduce((sum, miss) => sum + miss, 0) / kernels.length,
    fittedMape: settledError(kernels, constants),
    heldOutMape: heldOutError(kernels, foldCount),
    undetermined,
  }
}

/** Faster kernels draw more power and are clocked lower: constants and clocks are found in turn. */
function settledFit(kernels: readonly MeasuredKernel[]): Fit {
  let fit = fitThreeConstants(kernels.map((kernel) => kernel.sample(undefined)))
  for (let round = 0; round < settlings; round++) fit = fitThreeConstants(kernels.map((kernel) => kernel.sample(fit.constants)))
  return fit
}

function settledError(kernels: readonly MeasuredKernel[], constants: ThreeConstants): number {
  return meanError(
    kernels.map((kernel) => kernel.sample(constants)),
    constants,
  )
}

/** Mean error of rows on fits that did not see their shape. */
function heldOutError(kernels: readonly MeasuredKernel[], foldCount: number): number {
  const foldOf = foldsByShape(kernels, foldCount)
  let sum = 0
  for (let fold = 0; fold < foldCount; fold++) {
    const held = kernels.filter(({shape}) => foldOf.get(shape) === fold)
    if (held.length === 0) continue
    const {constants} = settledFit(kernels.filter(({shape}) => foldOf.get(shape) !== fold))
    sum += settledError(held, constants) * held.length
  }
  return sum / kernels.length
}

interface ClassKernels {
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly kernels: MeasuredKernel[]
}

interface MeasuredKernels {
  /** The accelerator, as the column `device` names it. */
  readonly name: string
  readonly byClass: Map<string, ClassKernels>
  readonly sources: ReadonlySet<string>
  readonly devices: ReadonlySet<string>
}

async function measuredKernels({accelerator, traces, signal, onRow}: CalibrateOptions): Promise<MeasuredKernels> {
  const loaded = loadAccelerator(accelerator)
  const measured = kernelBench(loaded)
  const byClass = new Map<string, ClassKernels>()
  const sources = new Set<string>()
  const devices = new Set<string>()
  for (const file of traces) {
    for await (const row of readTrace(file)) {
      signal?.throwIfAborted()
      onRow?.()
      devices.add(row.device)
      const request = row.device === loaded.name ? traceRequest(row) : undefined
      if (request?.kind !== 'operator') continue
      const {class: operatorClass, dtype} = request.operator
      const key = `${operatorClass} ${dtype}`
      const entry = byClass.get(key) ?? {class: operatorClass, dtype, kernels: []}
      byClass.set(key, entry)
      sources.add(`${row.source}, ${row.framework}`)
      entry.kernels.push(measured(request.operator, row))
    }
  }
  return {name: loaded.name, byClass, sources, devices}
}

function nothingToFit(name: string, byClass: ReadonlyMap<string, ClassKernels>, devices: ReadonlySet<string>): UserError {
  const found = [...byClass].map(([key, {kernels}]) => `${kernels.length} of ${key}`)
  const names = [...devices].slice(0, 8).join(', ') || 'no row at all'
  const hint =
    found.length > 0 ? `rows of ${name} found: ${found.join(', ')}` : `the column \`device\` must say ${name}; the traces hold ${names}`
  return new UserError(`the traces hold no class of kernels of ${name} with ${fewestRows} rows or more`, {
    code: 'NOTHING_TO_FIT',
    suggestions: [hint],
  })
}
