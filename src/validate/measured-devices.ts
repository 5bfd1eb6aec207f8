import type {Accelerator} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {kernelModels} from '../cost/calibrated/kernel-models.js'
import type {Dtype} from '../foundation/dtype.js'
import {UserError} from '../foundation/user-error.js'
import {shippedNames} from '../spec/catalogue.js'
import {readTrace} from '../trace/read-trace.js'
import {traceRequest} from '../trace/to-operator.js'
import type {OperatorRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {OperatorClass} from '../workload/operator.js'
import type {CalibrateOptions} from './calibrate.js'
import {buildPredictor, type Prediction} from './predictor.js'

/** The measured kernels of one class, format and way of issuing on one device. */
export interface DeviceRows {
  readonly accelerator: Accelerator
  readonly device: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly launch: 'graph' | 'alone'
  readonly rows: {readonly request: OperatorRequest; readonly row: TraceRow; readonly before: (row: TraceRow) => Prediction}[]
}

export interface MeasuredDevices {
  readonly devices: readonly {readonly accelerator: string; readonly device: string; readonly sources: readonly string[]}[]
  /** What is to be fitted, by class and format: the devices that measured it. */
  readonly classes: readonly (readonly DeviceRows[])[]
  /** Every known device's rows, to see how parameters transfer. */
  readonly all: readonly DeviceRows[]
}

/** Fewer rows than this determine no parameters. */
const fewestRows = 20

/** Reads the kernels that traces measure, of the devices that are to be fitted and, for transfer, of all others that are known. */
export async function measuredDevices(options: CalibrateOptions): Promise<MeasuredDevices> {
  const {traces, signal, onRow} = options
  const bench = deviceBench(options)
  const sources = new Map<string, Set<string>>()
  const byKey = new Map<string, DeviceRows>()
  const devices = new Set<string>()
  for (const file of traces) {
    for await (const row of readTrace(file)) {
      signal?.throwIfAborted()
      onRow?.()
      devices.add(row.device)
      const known = bench(row.device)
      const request = known === undefined ? undefined : traceRequest(row)
      if (known === undefined || request?.kind !== 'operator' || kernelModels[request.operator.class] === undefined) continue
      const {class: operatorClass, dtype} = request.operator
      const launch = request.run.launch === 'alone' ? 'alone' : 'graph'
      const key = [operatorClass, dtype, launch, row.device].join(' ')
      const rows = byKey.get(key) ?? {accelerator: known.accelerator, device: row.device, class: operatorClass, dtype, launch, rows: []}
      byKey.set(key, rows)
      sources.set(row.device, (sources.get(row.device) ?? new Set()).add(`${row.source}, ${row.framework}`))
      rows.rows.push({request, row, before: known.predict})
    }
  }
  const all = [...byKey.values()].filter(({rows}) => rows.length >= fewestRows)
  const fitted = all.filter(({accelerator}) => isAsked(accelerator, options))
  if (fitted.length === 0) throw nothingToFit(options, [...byKey.values()], devices)
  return {
    devices: [...new Set(fitted.map(({device}) => device))].map((device) => ({
      accelerator: options.accelerator ?? device,
      device,
      sources: [...sources.get(device)!].sort(),
    })),
    classes: grouped(fitted),
    all,
  }
}

type Bench = {readonly accelerator: Accelerator; readonly predict: (row: TraceRow) => Prediction}

/** Loads each device once: the accelerator that is named, else a shipped one of this name. */
function deviceBench({accelerator: named}: CalibrateOptions): (device: string) => Bench | undefined {
  const own = named === undefined ? undefined : loadAccelerator(named)
  const known = new Set(shippedNames('accelerator'))
  const benches = new Map<string, Bench | undefined>()
  return (device) => {
    if (!benches.has(device)) {
      const isOwn = own?.name === device
      const accelerator = isOwn ? own : known.has(device) ? loadAccelerator(device) : undefined
      benches.set(device, accelerator && {accelerator, predict: currentPredictor(isOwn && named !== undefined ? named : device)})
    }
    return benches.get(device)
  }
}

/** The best prediction before the fit; the ideal bound where a profile of another version can't be read any more. */
function currentPredictor(accelerator: string): (row: TraceRow) => Prediction {
  let predict = buildPredictor({accelerator})
  return (row) => {
    try {
      return predict(row)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      predict = buildPredictor({accelerator, fidelity: 'roofline'})
      return predict(row)
    }
  }
}

function isAsked({name, generation}: Accelerator, options: CalibrateOptions): boolean {
  if (options.generation !== undefined) return generation?.name === options.generation
  return options.accelerator === undefined || name === loadAccelerator(options.accelerator).name
}

function grouped(all: readonly DeviceRows[]): DeviceRows[][] {
  const groups = new Map<string, DeviceRows[]>()
  for (const rows of all) {
    const key = `${rows.class} ${rows.dtype} ${rows.launch}`
    groups.set(key, [...(groups.get(key) ?? []), rows])
  }
  return [...groups.values()]
}

function nothingToFit({accelerator, generation}: CalibrateOptions, found: readonly DeviceRows[], devices: ReadonlySet<string>): UserError {
  const what = generation ?? accelerator ?? 'any shipped accelerator'
  const asked = found.filter((rows) => isAsked(rows.accelerator, {traces: [], split: {kind: 'folds', count: 2}, accelerator, generation}))
  const names = [...devices].slice(0, 8).join(', ') || 'no row at all'
  const hint =
    asked.length > 0
      ? `rows of ${what} found: ${asked.map(({rows, class: name, dtype}) => `${rows.length} of ${name} ${dtype}`).join(', ')}`
      : `the column \`device\` must say ${what}; the traces hold ${names}`
  return new UserError(`the traces hold no class of kernels of ${what} with ${fewestRows} rows or more`, {
    code: 'NOTHING_TO_FIT',
    suggestions: [hint],
  })
}
