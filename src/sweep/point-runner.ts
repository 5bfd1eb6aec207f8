import {designBatch} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import {type FidelityName, fidelityOf} from '../cost/fidelity.js'
import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {type MetricColumns, metricColumns, metricNames} from '../cost/metrics.js'
import type {Fidelity} from '../cost/operator-time.js'
import {compileProgram, type Program} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {isMappingAxis, type KnobValues} from './mapping-axes.js'
import type {OperatingAxis} from './operating-axes.js'
import {groupedRows, passGroups} from './pass-groups.js'
import {keepRows, type PointBatch} from './point-set.js'
import {spaceProgram} from './space-program.js'
import {staticSieve} from './static-sieve.js'
import {unitScale} from './unit-scale.js'

/** Rows evaluated together: columns of a block stay in the second-level cache. */
const blockRows = 512
/** Compiled passes kept at a time. */
const programLimit = 32

/** Evaluates points of one space: rows of the same pass together, block by block. */
export type PointRunner = (batch: PointBatch, out: MetricColumns) => void

/**
 * Compiles a space into a function from points to metrics; a point without numbers has NaN. Points that a constraint on static results
 * removes leave the batch before anything is timed.
 */
export function pointRunner(space: DesignSpace, constraints: readonly Constraint[] = []): PointRunner {
  const block = machineBlock(space, constraints)
  const compile = programs(space, block.machine)
  const groups = passGroups(space.passAxes)
  return (batch, out) => {
    const isKept = new Uint8Array(batch.rowCount)
    for (const {values, rows} of groupedRows(groups, batch)) {
      const program = compile(values)
      for (let start = 0; start < rows.length; start += blockRows) {
        const some = rows.subarray(start, start + blockRows)
        if (isMappable(() => block.evaluate(program, batch, some, out, isKept))) continue
        for (const row of some) {
          if (isMappable(() => block.evaluate(program, batch, Int32Array.of(row), out, isKept))) continue
          isKept[row] = 1
          for (const name of metricNames) out[name][row] = Number.NaN
        }
      }
    }
    keepRows(
      batch,
      isKept,
      metricNames.map((name) => out[name]),
    )
  }
}

/** The machine of up to a block of rows, and how to evaluate programs on it. */
function machineBlock(space: DesignSpace, constraints: readonly Constraint[]) {
  const {accelerator, machineAxes, passAxes} = space
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
  const [core] = machine.clocks
  const [isClockVaried, isLimitVaried] = [isVaried('clock'), isVaried('powerLimit')]
  const results = metricColumns(blockRows)
  const inputs = machineAxes.map(({name, unit, kind, values}, index) => {
    const scale = parameterColumns.has(name) ? unitScale(unit) : 1
    return {
      to: operating[name as OperatingAxis] ?? parameterColumns.get(name)!,
      levels: kind === 'level' ? Float64Array.from(values, (value) => Number(value) * scale) : undefined,
      scale,
      axisIndex: passAxes.length + index,
    }
  })
  const sieve = staticSieve(space, constraints, results, blockRows)
  const place = ({columns}: PointBatch, rows: Int32Array): void => {
    for (const {to, levels, scale, axisIndex} of inputs) {
      if (levels === undefined) fillValues(to, columns[axisIndex]!, scale, rows)
      else fillLevels(to, columns[axisIndex]!, levels, rows)
    }
    refill(rows.length)
  }
  const sieved = (program: Program, batch: PointBatch, rows: Int32Array): Int32Array => {
    if (sieve === undefined) return rows
    program.statics(results, rows.length)
    const kept = sieve(batch, rows)
    if (kept.length > 0 && kept.length < rows.length) place(batch, kept)
    return kept
  }
  const evaluate = (program: Program, batch: PointBatch, rows: Int32Array, out: MetricColumns, isKept: Uint8Array): void => {
    place(batch, rows)
    const kept = sieved(program, batch, rows)
    if (kept.length === 0) return
    if (!isClockVaried) at.coreHertz.set(core!.maximumHertz.subarray(0, kept.length))
    if (!isLimitVaried) at.limitWatts.set(machine.power.limitWatts.subarray(0, kept.length))
    program.evaluate(at, results, kept.length)
    for (const name of metricNames) scatter(results[name], kept, out[name])
    for (const row of kept) isKept[row] = 1
  }
  return {machine, evaluate}
}

function fillLevels(to: Column, codes: Column, levels: Float64Array, rows: Int32Array): void {
  for (let row = 0; row < rows.length; row++) to[row] = levels[codes[rows[row]!]!]!
}

function fillValues(to: Column, values: Column, scale: number, rows: Int32Array): void {
  for (let row = 0; row < rows.length; row++) to[row] = values[rows[row]!]! * scale
}

function scatter(from: Column, rows: Int32Array, to: Column): void {
  for (let row = 0; row < rows.length; row++) to[rows[row]!] = from[row]!
}

/** Programs by combination of the pass's values; the latest are kept. */
function programs(space: DesignSpace, machine: ReturnType<typeof designBatch>['machine']): (varied: KnobValues) => Program {
  const times = mappedOnce(space.fidelity)
  const kept = new Map<string, Program>()
  return (varied) => {
    const key = JSON.stringify(varied)
    const found = kept.get(key)
    kept.delete(key)
    if (kept.size >= programLimit) kept.delete(kept.keys().next().value!)
    const {workload, choice} = found === undefined ? spaceProgram(space, varied) : {}
    const program = found ?? compileProgram(space.accelerator, machine, workload!, times(varied, choice), blockRows)
    kept.set(key, program)
    return program
  }
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
