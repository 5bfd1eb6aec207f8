import type {Accelerator} from '../accelerator/accelerator.js'
import {generationNames} from '../accelerator/generation.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {kernelModels} from '../cost/calibrated/kernel-models.js'
import {profileOf} from '../cost/calibrated/profile.js'
import type {Dtype} from '../foundation/dtype.js'
import {unknownName} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {shippedNames} from '../spec/catalogue.js'
import {readTrace} from '../trace/read-trace.js'
import {isPass, traceRequest} from '../trace/to-operator.js'
import type {OperatorRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {OperatorClass} from '../workload/operator.js'
import {buildPredictor, type Prediction} from './predictor.js'

/** One measured kernel as it was read, with what was predicted of it before. */
export interface MeasuredRow {
  readonly request: OperatorRequest
  readonly row: TraceRow
  readonly traceIndex: number
  readonly beforeSeconds: number
}

/** The measured kernels of one class, format and way of issuing on one device. */
export interface DeviceRows {
  readonly accelerator: Accelerator
  readonly device: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly launch: 'graph' | 'alone'
  /** Lone kernels whose times say nothing of their host. */
  readonly hidesHost: boolean
  readonly rows: readonly MeasuredRow[]
}

/** Passes of one device that tell of its energies. */
export interface DevicePasses {
  readonly accelerator: Accelerator
  readonly rows: readonly {readonly row: TraceRow; readonly traceIndex: number}[]
}

/** A device that is fitted, and where its rows come from. */
export interface FittedDevice {
  /** Name or file. */
  readonly accelerator: string
  readonly device: string
  readonly sources: readonly string[]
  /** Why the profile that stood for it before could not be used. */
  readonly unusableProfile: string | undefined
}

export interface MeasuredDevices {
  /** The device that was named, when one was. */
  readonly own: string | undefined
  readonly devices: readonly FittedDevice[]
  /** What is to be fitted, by class, format and way of issuing: the devices that measured it. */
  readonly classes: readonly (readonly DeviceRows[])[]
  /** Every known device's rows, to see how parameters transfer. */
  readonly all: readonly DeviceRows[]
  /** Whole passes with power at a locked clock, of the devices that are to be fitted. */
  readonly passes: readonly DevicePasses[]
  readonly traces: readonly {readonly trace: string; readonly rowCount: number}[]
  readonly skipped: readonly {readonly reason: string; readonly count: number}[]
}

export interface MeasuredOptions {
  readonly traces: readonly string[]
  /** Name or file of the accelerator to fit; by default every measured one. */
  readonly accelerator?: string | undefined
  /** Fit the measured devices of a generation together, with the parameters shared that one shares. */
  readonly generation?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Fewer rows or shapes than this determine no parameters. */
const fewest = {rowCount: 20, shapeCount: 10}

/** Reads the kernels that traces measure, of the devices that are to be fitted and, for transfer, of all others that are known. */
export async function measuredDevices(options: MeasuredOptions): Promise<MeasuredDevices> {
  const asked = askedDevices(options)
  const bench = deviceBench(options.accelerator, asked.own)
  const sorted = sortedRows(bench)
  const names = new Set<string>()
  const traces: {trace: string; rowCount: number}[] = []
  for (const [traceIndex, trace] of options.traces.entries()) {
    let rowCount = 0
    for await (const row of readTrace(trace)) {
      options.signal?.throwIfAborted()
      rowCount++
      names.add(row.device)
      sorted.add(row, traceIndex)
    }
    traces.push({trace, rowCount})
  }
  const all = sorted.groups().filter(isEnough)
  const fitted = all.filter(({accelerator}) => asked.isAsked(accelerator))
  const passes = sorted.passes().filter(({accelerator}) => asked.isAsked(accelerator))
  if (fitted.length === 0 && passes.length === 0) throw nothingToFit(asked, sorted.groups(), names)
  for (const group of sorted.groups()) {
    const {device, class: name, dtype, accelerator, rows} = group
    if (!asked.isAsked(accelerator)) sorted.skip(`of ${device}, which is not fitted`, rows.length)
    else if (!isEnough(group)) sorted.skip(`${name} ${dtype} of ${device}: fewer than ${fewestText}`, rows.length)
  }
  return {
    own: asked.own?.name,
    devices: fittedDevices(fitted, options.accelerator, bench),
    classes: byClass(fitted),
    all,
    passes,
    traces,
    skipped: sorted.skipped(),
  }
}

/** Gathers rows by what is fitted together on one device, and counts those that no model predicts, with the reason. */
function sortedRows(bench: (device: string) => Bench | undefined) {
  const groups = new Map<string, Omit<DeviceRows, 'rows'> & {readonly rows: MeasuredRow[]}>()
  const counts = new Map<string, number>()
  const skip = (reason: string, count = 1): void => {
    counts.set(reason, (counts.get(reason) ?? 0) + count)
  }
  const passes = new Map<string, {accelerator: Accelerator; rows: {row: TraceRow; traceIndex: number}[]}>()
  const add = (row: TraceRow, traceIndex: number): void => {
    const {device} = row
    const known = bench(device)
    if (known !== undefined && tellsOfEnergies(row)) {
      const own = passes.get(device) ?? {accelerator: known.accelerator, rows: []}
      passes.set(device, own)
      own.rows.push({row, traceIndex})
      return
    }
    const before = known === undefined ? `no accelerator file for device ${device}` : kernelBefore(row, known)
    if (known === undefined || typeof before === 'string') {
      skip(String(before))
      return
    }
    const {request, latencySeconds} = before
    const {class: operatorClass, dtype} = request.operator
    const launch = request.run.launch === 'alone' ? 'alone' : 'graph'
    const key = [operatorClass, dtype, launch, device].join(' ')
    const {hidesHost = false} = request.run
    const group = groups.get(key) ?? {accelerator: known.accelerator, device, class: operatorClass, dtype, launch, hidesHost, rows: []}
    groups.set(key, group)
    group.rows.push({request, row, traceIndex, beforeSeconds: latencySeconds})
  }
  const skipped = () => [...counts].map(([reason, count]) => ({reason, count})).sort((a, b) => b.count - a.count)
  return {
    add,
    skip,
    skipped,
    groups: (): readonly DeviceRows[] => [...groups.values()],
    passes: (): readonly DevicePasses[] => [...passes.values()],
  }
}

/** A whole pass with its power at a clock that was locked. */
function tellsOfEnergies(row: TraceRow): boolean {
  return isPass(row) && row.powerWatts !== undefined && row.clockHertz !== undefined
}

interface Bench {
  readonly accelerator: Accelerator
  readonly predict: (row: TraceRow) => Prediction
  readonly unusableProfile: string | undefined
}

/** What was predicted of a row that is one kernel with a model; else why it is not fitted. */
function kernelBefore(row: TraceRow, {predict}: Bench): {request: OperatorRequest; latencySeconds: number} | string {
  const request = traceRequest(row)
  if (request.kind === 'pass') return `${row.op}: a whole pass, not one kernel`
  if (request.kind === 'skipped') return request.reason
  if (kernelModels[request.operator.class] === undefined) return `no kernel model of the class ${request.operator.class}`
  const before = predict(row)
  return before.kind === 'skipped' ? before.reason : {request, latencySeconds: before.latencySeconds}
}

/** Loads each device once: the accelerator that is named, else a shipped one of this name. */
function deviceBench(named: string | undefined, own: Accelerator | undefined): (device: string) => Bench | undefined {
  const shipped = new Set(shippedNames('accelerator'))
  const benches = new Map<string, Bench | undefined>()
  return (device) => {
    if (!benches.has(device)) {
      if (named !== undefined && own?.name === device) benches.set(device, openBench(own, named))
      else benches.set(device, shipped.has(device) ? openBench(loadAccelerator(device), device) : undefined)
    }
    return benches.get(device)
  }
}

/** The best prediction before the fit: that of the profile, or the ideal bound where it is of another version and is made anew. */
function openBench(accelerator: Accelerator, name: string): Bench {
  try {
    profileOf(accelerator)
    return {accelerator, predict: buildPredictor({accelerator: name}), unusableProfile: undefined}
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return {accelerator, predict: buildPredictor({accelerator: name, fidelity: 'roofline'}), unusableProfile: error.message}
  }
}

interface Asked {
  /** The accelerator that was named. */
  readonly own: Accelerator | undefined
  readonly isAsked: (accelerator: Accelerator) => boolean
  /** What the column `device` must say. */
  readonly wanted: string
}

function askedDevices({accelerator, generation}: MeasuredOptions): Asked {
  const own = accelerator === undefined ? undefined : loadAccelerator(accelerator)
  if (generation === undefined) {
    if (own === undefined) return {own, isAsked: () => true, wanted: 'the name of a shipped accelerator'}
    return {own, isAsked: ({name}) => name === own.name, wanted: own.name}
  }
  if (!generationNames().includes(generation)) throw unknownName('generation', generation, generationNames())
  if (own !== undefined && own.generation?.name !== generation) throw ofOtherGeneration(own, generation)
  return {
    own,
    isAsked: (each) => each.generation?.name === generation,
    wanted: `the name of a shipped accelerator of the generation ${generation}`,
  }
}

function ofOtherGeneration({name, generation}: Accelerator, asked: string): UserError {
  const own = generation === undefined ? 'none' : generation.name
  return new UserError(`${name} is not of the generation ${asked}, but of ${own}`, {
    code: 'USAGE',
    exitCode: exitCodes.usage,
    suggestions: [own === 'none' ? 'leave --generation out' : `--generation ${own}, or leave it out`],
  })
}

function isEnough({rows}: Pick<DeviceRows, 'rows'>): boolean {
  if (rows.length < fewest.rowCount) return false
  return new Set(rows.map(({request}) => JSON.stringify(request.operator.shape))).size >= fewest.shapeCount
}

const fewestText = `${fewest.rowCount} rows of ${fewest.shapeCount} shapes`

function fittedDevices(
  fitted: readonly DeviceRows[],
  named: string | undefined,
  bench: (device: string) => Bench | undefined,
): FittedDevice[] {
  return [...new Set(fitted.map(({device}) => device))].map((device) => {
    const rows = fitted.filter((each) => each.device === device).flatMap((each) => each.rows)
    const sources = [...new Set(rows.map(({row: {source, framework}}) => [source, framework].filter((text) => text !== '').join(', ')))]
    return {accelerator: named ?? device, device, sources: sources.sort(), unusableProfile: bench(device)?.unusableProfile}
  })
}

function byClass(all: readonly DeviceRows[]): DeviceRows[][] {
  const groups = new Map<string, DeviceRows[]>()
  for (const rows of all) {
    const key = `${rows.class} ${rows.dtype} ${rows.launch}`
    groups.set(key, [...(groups.get(key) ?? []), rows])
  }
  return [...groups.values()]
}

function nothingToFit({isAsked, wanted}: Asked, found: readonly DeviceRows[], names: ReadonlySet<string>): UserError {
  const small = found.filter(({accelerator}) => isAsked(accelerator))
  const devices = [...names].slice(0, 8).join(', ')
  const hint =
    small.length > 0
      ? `measure more; there are ${small.map(({rows, class: name, dtype, device}) => `${rows.length} rows of ${name} ${dtype} on ${device}`).join(', ')}`
      : `the column \`device\` must say ${wanted}; the traces hold ${devices}`
  return new UserError(`the traces hold no class of kernels with ${fewestText} or more of what is to be fitted`, {
    code: 'NOTHING_TO_FIT',
    suggestions: [hint],
  })
}
