import {designBatch} from '#ridge/accelerator/accelerator.js'
import {loadAccelerator} from '#ridge/accelerator/load-accelerator.js'
import {compileClockSweep} from '#ridge/cost/clock-curve.js'
import {metricColumns} from '#ridge/cost/metrics.js'
import {compileProgram} from '#ridge/cost/program.js'
import {loadWorkload} from '#ridge/workload/load-workload.js'
import type {Workload} from '#ridge/workload/operator.js'

const fromHertz = 510e6
const powerLimitWatts = 200
export const repeatCount = 301

export interface SweepTime {
  readonly name: string
  readonly leastMilliseconds: number
  readonly medianMilliseconds: number
  readonly energyJoules: number
}

/** A prefill of OPT-1.3B at the 61 clocks of an A100 from 510 to 1410 MHz under 200 W: compiled before, with its compilation, and clock by clock. */
export function clockSweeps(): {pass: string; stateCount: number; alone: SweepTime; compiled: SweepTime; uncompiled: SweepTime}[] {
  const accelerator = loadAccelerator('a100-pcie-40gb')
  const passes: [string, Workload][] = [
    ['fused kernels', loadWorkload('opt-1.3b', {phase: 'prefill', batch: 8, promptTokens: 512})],
    ['eager', loadWorkload('opt-1.3b', {phase: 'prefill', batch: 8, promptTokens: 512, fused: false, launch: 'queued'})],
  ]
  return passes.map(([pass, workload]) => {
    const compile = () => compileClockSweep(accelerator, workload, {fromHertz, powerLimitWatts})
    const swept = compile()
    const hertz = swept.free().map(({clockHertz}) => clockHertz)
    const program = compileProgram(accelerator, designBatch(accelerator, [], 1).machine, workload, 'calibrated', 1)
    const [at, out] = [{coreHertz: new Float64Array(1), limitWatts: Float64Array.of(powerLimitWatts)}, metricColumns(1)]
    const clockByClock = (): number => {
      let joules = 0
      for (const each of hertz) {
        at.coreHertz[0] = each
        program.evaluate(at, out, 1)
        joules += out.energyJoules[0]!
      }
      return joules
    }
    return {
      pass,
      stateCount: hertz.length,
      alone: timed('each clock alone, compiled before', clockByClock),
      compiled: timed('whole sweep, compiled before', () => summed(swept.held().states)),
      uncompiled: timed('whole sweep with its compilation', () => summed(compile().held().states)),
    }
  })
}

function summed(states: readonly {readonly energyJoules: number}[]): number {
  return states.reduce((sum, {energyJoules}) => sum + energyJoules, 0)
}

function timed(name: string, run: () => number): SweepTime {
  let energyJoules = 0
  const times = Array.from({length: repeatCount}, () => {
    const start = performance.now()
    energyJoules = run()
    return performance.now() - start
  }).sort((a, b) => a - b)
  return {name, leastMilliseconds: times[0]!, medianMilliseconds: times[repeatCount >> 1]!, energyJoules}
}
