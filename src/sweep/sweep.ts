import {designBatch} from '../accelerator/accelerator.js'
import {type FidelityName, fidelityOf} from '../cost/fidelity.js'
import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {type MetricColumns, metricColumns, metricNames} from '../cost/metrics.js'
import type {Fidelity} from '../cost/operator-time.js'
import {compileProgram, type Program} from '../cost/program.js'
import {unitSize} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import type {Axis} from './axis.js'
import {isMappingAxis, type KnobValues} from './mapping-axes.js'
import {axesOf, type SpaceDefinition, spaceIdentity, storable} from './space-identity.js'
import {type DesignSpace, type OperatingAxis, type Study, spaceProgram} from './study.js'

/** Where points go, and what is there already; a store's space is one. */
export interface PointSink {
  readonly codes: (axisIndex: number, values: readonly (number | string)[]) => Int32Array
  /** Indices of the rows that are not there yet. */
  readonly missingRows: (points: {readonly rowCount: number; readonly axisCodes: readonly Int32Array[]}) => Int32Array
  readonly write: (batch: {readonly rowCount: number; readonly axisCodes: readonly Int32Array[]; readonly metrics: MetricColumns}) => number
}

export interface SweepOptions {
  readonly sinkOf: (definition: SpaceDefinition) => PointSink
  readonly signal?: AbortSignal
  readonly onProgress?: (doneCount: number) => void
}

export interface SweepCounts {
  /** Points that the study describes, and those of them that were computed now. */
  readonly pointCount: number
  readonly computedCount: number
}

/** Rows evaluated together: columns of a block stay in the second-level cache. */
export const blockRows = 512
/** Rows stored in one transaction. */
const batchRows = 16_384

/** Evaluates every point of a study that its sink does not hold yet; an abort loses at most the batch in flight. */
export async function sweep(study: Study, options: SweepOptions): Promise<SweepCounts> {
  const counts = {pointCount: 0, computedCount: 0}
  for (const space of study.spaces) await sweepSpace(space, options, counts)
  return counts
}

type Counts = {-readonly [Name in keyof SweepCounts]: SweepCounts[Name]}

async function sweepSpace(space: DesignSpace, {sinkOf, signal, onProgress}: SweepOptions, counts: Counts): Promise<void> {
  const sink = sinkOf(spaceIdentity(space))
  const axes = axesOf(space)
  const codes = axes.map(({values}, index) => sink.codes(index, values.map(storable)))
  const machine = machineRunner(space)
  const machineCount = space.machineAxes.reduce((product, {values}) => product * values.length, 1)
  const batch = {
    axisCodes: axes.map(() => new Int32Array(batchRows)),
    kept: axes.map(() => new Int32Array(batchRows)),
    metrics: metricColumns(batchRows),
  }

  for (const digits of combinations(space.passAxes)) {
    let program: Program | undefined
    for (let first = 0; first < machineCount; first += batchRows) {
      signal?.throwIfAborted()
      const rowCount = Math.min(batchRows, machineCount - first)
      fillCodes(batch.axisCodes, codes, digits, space.machineAxes, first, rowCount)
      const missing = sink.missingRows({rowCount, axisCodes: batch.axisCodes})
      if (missing.length > 0) {
        program ??= machine.compile(variedAt(space, digits))
        machine.evaluate(program, first, missing, batch.metrics)
        for (const [axis, kept] of batch.kept.entries())
          for (let row = 0; row < missing.length; row++) kept[row] = batch.axisCodes[axis]![missing[row]!]!
        sink.write({rowCount: missing.length, axisCodes: batch.kept, metrics: batch.metrics})
      }
      counts.pointCount += rowCount
      counts.computedCount += missing.length
      onProgress?.(counts.pointCount)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

/** Evaluates chosen rows of a space's machine axes, block by block, into columns. */
export function machineRunner(space: DesignSpace) {
  const {accelerator, fidelity, machineAxes} = space
  const varied = machineAxes.filter(({name}) => accelerator.parameters.symbols.has(name))
  const {machine, parameterColumns, refill} = designBatch(
    accelerator,
    varied.map(({name}) => name),
    blockRows,
  )
  const operating = {clock: new Float64Array(blockRows), memoryClock: new Float64Array(blockRows), powerLimit: new Float64Array(blockRows)}
  const isVaried = (wanted: OperatingAxis): boolean => machineAxes.some(({name}) => name === wanted)
  const at = {
    coreHertz: operating.clock,
    memoryHertz: isVaried('memoryClock') ? operating.memoryClock : undefined,
    limitWatts: operating.powerLimit,
  }
  const out = metricColumns(blockRows)
  const [core] = machine.clocks
  const strides = stridesOf(machineAxes)
  const inputs = machineAxes.map((axis, index) => {
    const column = operating[axis.name as OperatingAxis] ?? parameterColumns.get(axis.name)!
    const scale = parameterColumns.has(axis.name) ? unitSize(axis.unit === 'base units' ? '' : axis.unit).baseValue : 1
    return {column, values: Float64Array.from(axis.values, (value) => Number(value) * scale), stride: strides[index]!}
  })
  const [isClockVaried, isLimitVaried] = [isVaried('clock'), isVaried('powerLimit')]

  const evaluateBlock = (program: Program, first: number, rows: Int32Array, start: number, rowCount: number, into: MetricColumns): void => {
    for (const {column, values, stride} of inputs) {
      for (let row = 0; row < rowCount; row++) column[row] = values[Math.floor((first + rows[start + row]!) / stride) % values.length]!
    }
    refill(rowCount)
    if (!isClockVaried) at.coreHertz.set(core!.maximumHertz.subarray(0, rowCount))
    if (!isLimitVaried) at.limitWatts.set(machine.power.limitWatts.subarray(0, rowCount))
    program.evaluate(at, out, rowCount)
    for (const name of metricNames) into[name].set(out[name].subarray(0, rowCount), start)
  }
  const evaluate = (program: Program, first: number, rows: Int32Array, into: MetricColumns): void => {
    for (let start = 0; start < rows.length; start += blockRows) {
      const rowCount = Math.min(blockRows, rows.length - start)
      if (isMappable(() => evaluateBlock(program, first, rows, start, rowCount, into))) continue
      for (let row = start; row < start + rowCount; row++) {
        if (isMappable(() => evaluateBlock(program, first, rows, row, 1, into))) continue
        for (const name of metricNames) into[name][row] = Number.NaN
      }
    }
  }
  const times = mappedOnce(fidelity)
  const compile = (varied: KnobValues): Program => {
    const {workload, choice} = spaceProgram(space, varied)
    return compileProgram(accelerator, machine, workload, times(varied, choice), blockRows)
  }
  return {compile, evaluate}
}

/** Whether all designs of a block have mappings; one that has none is a point without numbers, not the end of a sweep. */
function isMappable(evaluate: () => void): boolean {
  try {
    evaluate()
    return true
  } catch (error) {
    if (error instanceof UserError && error.code === 'NO_MAPPING') return false
    throw error
  }
}

/** The fidelity of each choice of mappings, the same for equal choices, so that what one program has mapped stands for the next. */
function mappedOnce(fidelity: FidelityName): (varied: KnobValues, choice: MappingChoice | undefined) => Fidelity {
  const known = new Map<string, Fidelity>()
  return (varied, choice) => {
    const key = JSON.stringify(Object.entries(varied).filter(([name]) => isMappingAxis(name)))
    const found = known.get(key) ?? fidelityOf(fidelity, choice)
    known.set(key, found)
    return found
  }
}

function variedAt({passAxes}: DesignSpace, digits: readonly number[]): KnobValues {
  return Object.fromEntries(passAxes.map(({name, values}, axis) => [name, values[digits[axis]!]]))
}

/** Every combination of digits, the last one fastest. */
function* combinations(axes: readonly Axis[]): Generator<number[]> {
  const count = axes.reduce((product, {values}) => product * values.length, 1)
  const strides = stridesOf(axes)
  for (let index = 0; index < count; index++) yield axes.map(({values}, axis) => Math.floor(index / strides[axis]!) % values.length)
}

/** How many points lie between neighbours along each axis, the last axis fastest. */
function stridesOf(axes: readonly Axis[]): number[] {
  const strides = axes.map(() => 1)
  for (let axis = axes.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * axes[axis + 1]!.values.length
  return strides
}

function fillCodes(
  out: readonly Int32Array[],
  codes: readonly Int32Array[],
  passDigits: readonly number[],
  machineAxes: readonly Axis[],
  first: number,
  rowCount: number,
): void {
  for (const [axis, digit] of passDigits.entries()) out[axis]!.fill(codes[axis]![digit]!, 0, rowCount)
  const strides = stridesOf(machineAxes)
  for (const [index, {values}] of machineAxes.entries()) {
    const [column, code, stride] = [out[passDigits.length + index]!, codes[passDigits.length + index]!, strides[index]!]
    for (let row = 0; row < rowCount; row++) column[row] = code[Math.floor((first + row) / stride) % values.length]!
  }
}
