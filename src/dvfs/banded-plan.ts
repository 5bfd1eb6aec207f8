import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import {type Band, bandOf} from '../uncertainty/band.js'
import {moveToSamples, sampling} from '../uncertainty/monte-carlo.js'
import {areBandsDrawn, type SamplesAsked} from '../uncertainty/over-settings.js'
import {type SampledPass, sampledPass} from '../uncertainty/sampled-pass.js'
import type {Workload} from '../workload/operator.js'
import {compileOperatorJoules, waitingWatts} from './kernel-points.js'
import {type DvfsPlan, type PlannedPass, type PlanOptions, plannedPass} from './plan-record.js'

/** The bands of the plan of a level. */
export interface LevelBands {
  readonly energyBand: Band<'Joules'>
  /** Of what is saved beside the fastest single clock, with the same samples. */
  readonly savedEnergyBand: Band<'Ratio'>
}

/** A plan with the bands that the ranges of the constants draw around it; its clocks stay. */
export interface BandedPlan extends DvfsPlan {
  /** Of the fastest single clock; null where none were asked for or can be. */
  readonly referenceBand: Band<'Joules'> | null
  /** Of each level of each switching time, in their order. */
  readonly levelBands: readonly (readonly LevelBands[])[] | null
}

export interface BandedPlannedPass extends PlannedPass {
  readonly record: BandedPlan
}

export interface BandedPlanOptions extends PlanOptions {
  readonly samples?: SamplesAsked
}

/** Plans the clocks of a pass, with bands. */
export function planWithBands(accelerator: Accelerator, workload: Workload, {samples, ...options}: BandedPlanOptions): BandedPlannedPass {
  const planned = plannedPass(accelerator, workload, options)
  const {record, kernels, plans} = planned
  if (!areBandsDrawn([accelerator], samples)) return {...planned, record: {...record, referenceBand: null, levelBands: null}}
  const {sampleCount, seedIndex} = sampling({sampleCount: samples})
  const pass = sampledPass(accelerator, workload, {fidelity: options.fidelity, memoryClockHertz: options.memoryClockHertz}, sampleCount)
  moveToSamples(pass, seedIndex, sampleCount)
  const {throttled, clockHertz} = record.reference
  const state = throttled ? kernels.stateCount : kernels.clockHertz.indexOf(clockHertz)
  const levels = plans.flatMap((each) => each.levels)
  const clocked = [new Int32Array(kernels.runs.kernelIndex.length).fill(state), ...levels.map(({stateOfRun}) => stateOfRun)]
  const [reference, ...joules] = joulesOfPlans(pass, planned, clocked, sampleCount)
  const watts = waitingColumn(pass, kernels.clockHertz[kernels.stateCount - 1]!, sampleCount)
  const bandsOf = (plan: Column, switchedSeconds: number): LevelBands => {
    const whole = plan.map((each, row) => each + switchedSeconds * watts[row]!)
    const saved = whole.map((each, row) => 1 - each / reference![row]!)
    return {energyBand: bandOf('Joules', whole), savedEnergyBand: bandOf('Ratio', saved)}
  }
  let next = 0
  const levelBands = record.switchings.map((each) => each.levels.map(({switchSeconds}) => bandsOf(joules[next++]!, switchSeconds)))
  return {...planned, record: {...record, referenceBand: bandOf('Joules', reference!), levelBands}}
}

/** Samples of the energy of all kernels of each plan, each run at its clock; clock by clock, as one pass is evaluated at a time. */
function joulesOfPlans(pass: SampledPass, {kernels}: PlannedPass, plans: readonly Int32Array[], sampleCount: number): Column[] {
  const runCounts = plans.map((stateOfRun) => runsByState(kernels.runs.kernelIndex, stateOfRun))
  const sums = plans.map(() => new Float64Array(sampleCount))
  const joulesOf = compileOperatorJoules(pass.program, sampleCount)
  for (const [state, clockHertz] of kernels.clockHertz.entries()) {
    const running = new Set(runCounts.flatMap((counts) => [...(counts.get(state)?.keys() ?? [])]))
    if (running.size === 0) continue
    const out = pass.evaluate({clockHertz, powerLimitWatts: Number.POSITIVE_INFINITY}, sampleCount)
    for (const kernel of running) {
      const joules = joulesOf(kernel, out, sampleCount)
      for (const [plan, counts] of runCounts.entries()) {
        const shareRatio = (counts.get(state)?.get(kernel) ?? 0) / pass.program.operators[kernel]!.node.count
        const sum = sums[plan]!
        for (let row = 0; shareRatio > 0 && row < sampleCount; row++) sum[row]! += shareRatio * joules[row]!
      }
    }
  }
  return sums
}

/** How often each kernel runs in each state. */
function runsByState(kernelIndex: Int32Array, stateOfRun: Int32Array): Map<number, Map<number, number>> {
  const counts = new Map<number, Map<number, number>>()
  for (const [run, kernel] of kernelIndex.entries()) {
    const own = counts.get(stateOfRun[run]!) ?? new Map<number, number>()
    own.set(kernel, (own.get(kernel) ?? 0) + 1)
    counts.set(stateOfRun[run]!, own)
  }
  return counts
}

function waitingColumn({program}: SampledPass, clockHertz: number, sampleCount: number): Column {
  return waitingWatts(program.machine, new Float64Array(sampleCount).fill(clockHertz), sampleCount)
}
