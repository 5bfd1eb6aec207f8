import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import {metricColumns} from '../cost/metrics.js'
import {columnsAt, operatingPoint} from '../cost/operating-point.js'
import {compileProgram} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import {requestWorkload} from '../trace/request-workload.js'
import {traceRequest} from '../trace/to-operator.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {Workload} from '../workload/operator.js'

/** What the graph of a pass tells of its pace, for a host that queues its kernels. */
export interface PassPace {
  /** What the device alone takes at a core clock. */
  readonly deviceSecondsAt: (clockHertz: number) => number
  /** What the host takes to issue all kernels, whatever the clock. */
  readonly hostSeconds: number
}

/** The pace of what a row measured, or in words why no graph tells it. */
export type RowPace = {readonly kind: 'known'; readonly pace: PassPace} | {readonly kind: 'unknown'; readonly reason: string}

/** The pace of a measured pass by the graph of its model on an accelerator. */
export function rowPace(row: TraceRow, accelerator: Accelerator): RowPace {
  const unknown = (reason: string): RowPace => ({kind: 'unknown', reason})
  try {
    const request = traceRequest(row)
    if (request.kind === 'skipped') return unknown(request.reason)
    const workload = requestWorkload(request, new Map())
    if (typeof workload === 'string') return unknown(workload)
    const pace = passPace(accelerator, workload)
    return pace === undefined ? unknown('its kernels are not queued by a host that is known') : {kind: 'known', pace}
  } catch (error) {
    if (error instanceof UserError) return unknown(error.message)
    throw error
  }
}

/** The pace of a pass by the cost model; undefined where no host queues its kernels, or the fidelity knows nothing of hosts. */
export function passPace(
  accelerator: Accelerator,
  workload: Workload,
  fidelity: FidelityName = chosenFidelity(accelerator, undefined),
): PassPace | undefined {
  const program = compileProgram(accelerator, designBatch(accelerator, [], 1).machine, workload, fidelity, 1)
  const {queueEnds, hostSeconds} = program.dispatch
  if (queueEnds === undefined || hostSeconds() === 0) return undefined
  const out = metricColumns(1)
  const evaluateAt = (clockHertz: number): void =>
    program.evaluate(columnsAt({...operatingPoint(accelerator, {clockHertz}), powerLimitWatts: Number.POSITIVE_INFINITY}), out, 1)
  const states = clockStates(accelerator.machine.clocks[0]!).map((clockHertz) => {
    evaluateAt(clockHertz)
    return {clockHertz, seconds: queueEnds.deviceSeconds[0]!}
  })
  return {deviceSecondsAt: (clockHertz) => alongPeriod(states, clockHertz), hostSeconds: queueEnds.hostSeconds[0]!}
}

/** Time between two clock states goes with the period of the clock. */
function alongPeriod(states: readonly {readonly clockHertz: number; readonly seconds: number}[], clockHertz: number): number {
  const above = states.findIndex((state) => state.clockHertz >= clockHertz)
  const upper = states.at(above)!
  if (above <= 0) return upper.seconds
  const lower = states[above - 1]!
  const share = (1 / clockHertz - 1 / upper.clockHertz) / (1 / lower.clockHertz - 1 / upper.clockHertz)
  return upper.seconds + share * (lower.seconds - upper.seconds)
}
