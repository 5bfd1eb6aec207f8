import {designBatch} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {type ThreeConstants, tripSeconds} from '../cost/calibrated/calibrated.js'
import {linkIndex} from '../cost/wire.js'
import type {Dtype} from '../foundation/dtype.js'
import {UserError} from '../foundation/user-error.js'
import {readTrace} from '../trace/read-trace.js'
import type {OperatorClass} from '../workload/operator.js'
import {fitThreeConstants, heldOutError, meanError, type Sample} from './fit.js'
import {buildPredictor} from './predictor.js'

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

/** Fits the constants of each operator class and format that the traces measure on this accelerator. */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const {accelerator, traces, foldCount} = options
  const samples = await kernelSamples(options)
  const classes = [...samples.byClass.values()].filter(({rows}) => rows.length >= fewestRows)
  if (classes.length === 0) {
    throw new UserError(`the traces hold no class of kernels of ${accelerator} with ${fewestRows} rows or more`, {
      code: 'NOTHING_TO_FIT',
      suggestions: ['the column `device` must name this accelerator'],
    })
  }
  return {
    accelerator,
    traces,
    sources: [...samples.sources].sort(),
    foldCount,
    classes: classes.map(({class: operatorClass, dtype, rows}) => {
      const {constants, undetermined} = fitThreeConstants(rows)
      const ideal = {computeEfficiencyRatio: 1, memoryEfficiencyRatio: 1, overheadSeconds: 0}
      const bare = rows.map((row) => ({...row, tripSeconds: 0}))
      return {
        class: operatorClass,
        dtype,
        ...constants,
        rowCount: rows.length,
        rooflineMape: meanError(bare, ideal),
        fittedMape: meanError(rows, constants),
        heldOutMape: heldOutError(rows, foldCount),
        undetermined,
      }
    }),
  }
}

interface ClassSamples {
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly rows: Sample[]
}

async function kernelSamples({
  accelerator,
  traces,
  signal,
  onRow,
}: CalibrateOptions): Promise<{byClass: Map<string, ClassSamples>; sources: Set<string>}> {
  const loaded = loadAccelerator(accelerator)
  const {machine} = designBatch(loaded, [], 1)
  const predict = buildPredictor({fidelity: 'roofline'})
  const byClass = new Map<string, ClassSamples>()
  const sources = new Set<string>()
  for (const file of traces) {
    for await (const row of readTrace(file)) {
      signal?.throwIfAborted()
      onRow?.()
      if (row.device !== loaded.name) continue
      const prediction = predict(row)
      if (prediction.kind === 'skipped' || prediction.request.kind !== 'operator') continue
      const {operator} = prediction.request
      const {busy} = prediction.program.operators[0]!.program
      const longest = (isUnit: boolean): number =>
        busy.reduce((most, each) => ((each.kind === 'unit') === isUnit ? Math.max(most, each.seconds[0]!) : most), 0)
      const key = `${operator.class} ${operator.dtype}`
      const entry = byClass.get(key) ?? {class: operator.class, dtype: operator.dtype, rows: []}
      byClass.set(key, entry)
      sources.add(`${row.source}, ${row.framework}`)
      entry.rows.push({
        shape: JSON.stringify(operator.shape),
        computeSeconds: longest(true),
        memorySeconds: longest(false),
        tripSeconds: tripSeconds(machine, operator, linkIndex(loaded.machine, operator, loaded.name))(0),
        measuredSeconds: row.latencySeconds,
      })
    }
  }
  return {byClass, sources}
}
