import {loadAccelerator} from '#ridge/accelerator/load-accelerator.js'
import {plannedPass, plannedSwitchSeconds} from '#ridge/dvfs/plan-record.js'
import {loadWorkload} from '#ridge/workload/load-workload.js'

interface Plans {
  readonly runCount: number
  readonly stateCount: number
  readonly switchings: readonly {readonly switchSeconds: number; readonly milliseconds: number}[]
}

/** The clocks of one training step of gpt3-xl, planned at each switching time. */
export function plans(): Plans {
  const accelerator = loadAccelerator('a100-pcie-40gb')
  const step = loadWorkload('gpt3-xl', {phase: 'train', batch: 4, promptTokens: 2048})
  const planned = (switchSeconds: number) => plannedPass(accelerator, step, {switchSeconds: [switchSeconds]}).record
  const {runCount, stateCount} = planned(0)
  const switchings = plannedSwitchSeconds.map((switchSeconds) => ({switchSeconds, milliseconds: best(() => planned(switchSeconds))}))
  return {runCount, stateCount, switchings}
}

function best(run: () => unknown): number {
  let milliseconds = Number.POSITIVE_INFINITY
  for (let time = 0; time < 5; time++) {
    const start = performance.now()
    run()
    milliseconds = Math.min(milliseconds, performance.now() - start)
  }
  return milliseconds
}
