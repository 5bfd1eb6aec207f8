import type {Accelerator} from '../accelerator/accelerator.js'
import {memoryDomain} from '../accelerator/clock.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {columnsIn} from '../accelerator/machine-row.js'
import type {TimedRun} from '../workload/kernel-run.js'
import type {OperatorNode, Workload} from '../workload/operator.js'
import {agrees, compileRowMask, firstRow, rowsUnder} from './amounts.js'
import {boundNames} from './bounds.js'
import {compileDispatch, type Dispatch} from './dispatch.js'
import {compileEnergy} from './energy.js'
import {type FidelityName, fidelities} from './fidelity.js'
import type {Metric, MetricColumns} from './metrics.js'
import {compileOperator, type OperatorProgram} from './operator-program.js'
import type {Fidelity} from './operator-time.js'
import {compilePowerLimit, type OperatingColumns} from './power-limit.js'
import {compileRates} from './rates.js'
import {compileShortRun} from './short-run.js'
import {compileStatics, deviceCount, type StaticColumns} from './statics.js'

/** A (machine, workload) pair compiled into loops over columns; nothing is allocated while it evaluates. */
export interface Program {
  /** At the memory clocks of the last `evaluate`. */
  readonly machine: Machine<Column>
  /** Names of what can bound a pass, by `boundByIndex`. */
  readonly boundNames: readonly string[]
  readonly operators: readonly {readonly node: OperatorNode; readonly program: OperatorProgram}[]
  readonly dispatch: Dispatch
  /** Static power over the one at its stated temperature, after `evaluate`. */
  readonly leakage: Column
  /** Energy of the pass by unit, elements, memory level, link, clocking, regulator, static and idle, after `evaluate`. */
  readonly sources: readonly {readonly name: string; readonly metric: Metric; readonly joules: Column}[]
  readonly evaluate: (at: OperatingColumns, out: MetricColumns, rowCount: number) => void
  /** Fills the static metrics alone, from the machines as they stand: what a constraint on them needs before any pass is timed. */
  readonly statics: (out: StaticColumns, rowCount: number) => void
  /** Evaluates the machines of the last `evaluate` at other core clocks and limits, on its work and at its memory clocks as they stand. */
  readonly evaluateAgain: Program['evaluate']
  /** After `evaluate`: the same work at the same clocks, its energy and power as if the pass took these times. */
  readonly energyOver: (seconds: Column, out: MetricColumns, rowCount: number) => void
}

/** Within a pass operands come from main memory: between two runs of an operator a whole pass goes by. */
function passRun({settings}: Workload): TimedRun {
  return {
    operandCopyCount: Number.POSITIVE_INFINITY,
    launch: settings['launch'] === 'queued' ? 'queued' : 'graph',
    replayCount: Number.POSITIVE_INFINITY,
  }
}

/** Compiles a pass over the operators of a workload on a batch of machines in one fidelity. */
export function compileProgram(
  accelerator: Accelerator,
  described: Machine<Column>,
  workload: Workload,
  fidelity: FidelityName | Fidelity,
  rowCapacity: number,
  run: TimedRun = passRun(workload),
): Program {
  const memory = memoryDomain(described)
  const memoryHertz = new Float64Array(rowCapacity)
  const machine = memory === undefined ? described : runningAt(described, memory, memoryHertz)
  const names = boundNames(machine)
  const rates = compileRates(machine, rowCapacity)
  const how = {fidelity: typeof fidelity === 'string' ? fidelities[fidelity] : fidelity, run}
  const compile = (node: OperatorNode) => compileOperator(accelerator, machine, rates, node, how, rowCapacity)
  const {operators, programs} = compileOnce(workload.operators, compile)
  const dispatch = compileDispatch(
    operators.map(({program}) => program),
    run.launch,
    rowCapacity,
  )
  const energy = compileEnergy(machine, programs, rowCapacity, dispatch.kernelSeconds)
  const longestBound = compileLongestBound(programs, names.length, rowCapacity)
  const timingMask = compileRowMask(() => timingColumns(machine))

  const passSeconds = (coreHertz: Column, out: Column, rowCount: number): void => {
    // Machines that differ in nothing that takes time, at one clock: the first row's time is that of all.
    const isAlike = agrees(coreHertz, rowCount) && timingMask(rowCount) === firstRow
    const rows = isAlike ? rowsUnder(firstRow, rowCount) : rowCount
    rates.runAt(coreHertz, rowCount)
    out.fill(0, 0, rowCount)
    for (const program of programs) addSeconds(program, coreHertz, out, rowCount, program.time.count === undefined ? rows : rowCount)
    dispatch.overlap(coreHertz, out, rowCount)
  }
  const passWatts = (coreHertz: Column, seconds: Column, out: Column, rowCount: number): void => {
    passSeconds(coreHertz, seconds, rowCount)
    energy.watts(coreHertz, seconds, out, rowCount)
  }

  const hold = compilePowerLimit(machine, passWatts, rowCapacity)
  const shorten = compileShortRun(machine, passWatts, run.replayCount, rowCapacity)

  const statics = compileStatics(machine, workload, rowCapacity)
  const evaluate = (at: OperatingColumns, out: MetricColumns, rowCount: number): void => {
    if (memory !== undefined) memoryHertz.set((at.memoryHertz ?? machine.clocks[memory]!.maximumHertz).subarray(0, rowCount))
    rates.prepare(rowCount)
    for (const program of programs) program.prepare(rowCount)
    energy.prepare(rowCount)
    evaluateAgain(at, out, rowCount)
  }
  const evaluateAgain: Program['evaluate'] = (at, out, rowCount) => {
    const {clockHertz: hertz, latencySeconds: seconds, averageWatts: watts, throttled, holdsPowerLimit} = out
    hold(at, {hertz, seconds, watts, throttled, holdsPowerLimit}, rowCount)
    if (shorten(at, hertz, throttled, rowCount)) passWatts(hertz, seconds, watts, rowCount)
    energy.split(out.clockHertz, out.latencySeconds, energy.leakage, out, rowCount)
    longestBound(out.boundByIndex, rowCount)
    for (let row = 0; row < rowCount; row++) if (dispatch.isHostBound[row] === 1) out.boundByIndex[row] = names.indexOf('host')
    perToken(workload, out, rowCount)
    statics(out, rowCount)
  }
  const energyOver: Program['energyOver'] = (seconds, out, rowCount) => {
    energy.watts(out.clockHertz, seconds, out.averageWatts, rowCount)
    energy.split(out.clockHertz, seconds, energy.leakage, out, rowCount)
  }
  const {leakage, sources} = energy
  return {machine, boundNames: names, operators, dispatch, leakage, sources, evaluate, statics, evaluateAgain, energyOver}
}

/** The machine with one of its clock domains run at a clock of its own, row by row. */
function runningAt(machine: Machine<Column>, domain: number, hertz: Column): Machine<Column> {
  return {...machine, clocks: machine.clocks.map((clock, index) => (index === domain ? {...clock, hertz} : clock))}
}

/** Compiles operators that ask the same only once; `programs` holds each of these, with all of its runs. */
function compileOnce(nodes: readonly OperatorNode[], compile: (node: OperatorNode) => OperatorProgram) {
  const programs = new Map<string, OperatorProgram>()
  const operators = nodes.map((node) => {
    const {count} = node
    const known = programs.get(askedBy(node))
    const program = known === undefined ? compile(node) : {...known, count}
    programs.set(askedBy(node), known === undefined ? program : {...known, count: known.count + count})
    return {node, program}
  })
  return {operators, programs: [...programs.values()]}
}

const asked = new WeakMap<OperatorNode, string>()

/** All that an operator asks of a machine in one run, in words that are equal where it is. */
function askedBy(node: OperatorNode): string {
  const known = asked.get(node)
  if (known !== undefined) return known
  const {name: _, count: __, ...rest} = node
  const text = JSON.stringify(rest)
  asked.set(node, text)
  return text
}

/** Adds the time of all runs of an operator; `timedRows` is one where the first row stands for all. */
function addSeconds(
  {time, count, seconds, boundBy}: OperatorProgram,
  coreHertz: Column,
  total: Column,
  rowCount: number,
  timedRows: number,
): void {
  time.kernel(coreHertz, seconds, boundBy, timedRows)
  if (timedRows < rowCount) {
    seconds.fill(seconds[0]!, 1, rowCount)
    boundBy.fill(boundBy[0]!, 1, rowCount)
  }
  for (let row = 0; row < rowCount; row++) total[row]! += count * seconds[row]!
}

/** All that the time of an operator may follow from, but for its clock. */
function timingColumns({clocks, units, memories, links}: Machine<Column>): Column[] {
  return columnsIn([
    clocks.map(({voltage, energyVolts, energyExponent, ...timing}) => timing),
    units.map(({joulesPerOperation, arithmeticJoulesPerOperation, joulesPerElement, ...timing}) => timing),
    memories.map(({readJoulesPerByte, writeJoulesPerByte, ...timing}) => timing),
    links.map(({joulesPerByte, ...timing}) => timing),
  ])
}

/** Compiles which resource bounds the largest part of each row's time. */
function compileLongestBound(programs: readonly OperatorProgram[], boundCount: number, rowCapacity: number) {
  const boundSeconds = new Float64Array(boundCount * rowCapacity)
  const longest = new Float64Array(rowCapacity)
  return (out: Column, rowCount: number): void => {
    // Most batches know but a few of the bounds: a bit for each that occurs.
    let occurring = 0
    for (const {count, seconds, boundBy} of programs) {
      for (let row = 0; row < rowCount; row++) {
        const bound = boundBy[row]!
        boundSeconds[bound * rowCapacity + row]! += count * seconds[row]!
        occurring |= 1 << bound
      }
    }
    out.fill(0, 0, rowCount)
    longest.fill(0, 0, rowCount)
    for (let bound = 0; bound < boundCount; bound++) {
      if ((occurring & (1 << bound)) !== 0) raiseLongest(bound, boundSeconds, bound * rowCapacity, longest, out, rowCount)
    }
  }
}

/** Puts a bound where its time is the longest so far, and leaves none of it for the next batch. */
function raiseLongest(bound: number, seconds: Column, start: number, longest: Column, out: Column, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) {
    const each = seconds[start + row]!
    if (each > longest[row]!) {
      longest[row] = each
      out[row] = bound
    }
    seconds[start + row] = 0
  }
}

/** The tokens are those of all devices that share the pass, and so is the energy that a token costs. */
function perToken(workload: Workload, out: MetricColumns, rowCount: number): void {
  const {tokenCount} = workload
  const joulesRatio = deviceCount(workload) / tokenCount
  for (let row = 0; row < rowCount; row++) {
    out.tokensPerSecond[row] = tokenCount / out.latencySeconds[row]!
    out.joulesPerToken[row] = out.energyJoules[row]! * joulesRatio
  }
}
