import type {Column} from '../accelerator/machine.js'
import type {Launch} from '../workload/kernel-run.js'
import type {OperatorProgram} from './operator-program.js'

/** What the way of issuing kernels makes of a pass. */
export interface Dispatch {
  /** Time of the host to issue all kernels; zero where a graph on the device does. */
  readonly hostSeconds: () => number
  /** Turns the time that the device needs for its kernels at a clock into the time of the pass. */
  readonly overlap: (coreHertz: Column, deviceSeconds: Column, rowCount: number) => void
  /** 1 where the host is the slower of the two. */
  readonly isHostBound: Uint8Array
  /** When either queue is through at the clock of the last `overlap`; undefined where a graph on the device issues. */
  readonly queueEnds: {readonly deviceSeconds: Column; readonly hostSeconds: Column} | undefined
  /** How long the device runs kernels in the pass; undefined where it does all the time. */
  readonly kernelSeconds: Column | undefined
}

/**
 * Cycles that the device takes to begin a kernel out of a host's queue, beyond those out of a graph, which has its arguments and code at
 * hand. Fitted once, on passes of an A100 from 510 to 1410 MHz.
 */
const queuedStartCycleCount = 5000

/**
 * Host time of a kernel inside of a model over that of a lone one: calls of modules, views and checks that launch nothing. Fitted to eager
 * passes of BERT, GPT-2 and OPT on an A100; without each in turn 1.08 to 1.19, and the cycles above 5000 to 6250.
 */
const moduleHostRatio = 1.1

/**
 * Compiles how kernels are issued. A host that queues them ahead overlaps with the device: the pass ends when both queues
 * are through, the host's with its last kernel still to run, the device's after the host has issued the first.
 */
export function compileDispatch(programs: readonly OperatorProgram[], launch: Launch, rowCapacity: number): Dispatch {
  const isHostBound = new Uint8Array(rowCapacity)
  const [first, last] = [programs[0], programs.at(-1)]
  if (launch !== 'queued' || first === undefined || last === undefined)
    return {hostSeconds: () => 0, overlap: () => {}, isHostBound, queueEnds: undefined, kernelSeconds: undefined}
  const hostSeconds = (): number => moduleHostRatio * programs.reduce((sum, {count, time}) => sum + count * time.hostSeconds(), 0)
  // A bound without a host's time has kernels without launches.
  const startedCount = (): number => programs.reduce((sum, {count, time}) => sum + (time.hostSeconds() > 0 ? count : 0), 0)
  const kernelSeconds = new Float64Array(rowCapacity)
  const queueEnds = {deviceSeconds: new Float64Array(rowCapacity), hostSeconds: new Float64Array(rowCapacity)}
  const overlap = (coreHertz: Column, seconds: Column, rowCount: number): void => {
    const [host, firstHost] = [hostSeconds(), first.time.hostSeconds()]
    const startCycleCount = queuedStartCycleCount * startedCount()
    for (let row = 0; row < rowCount; row++) {
      const hostBound = host + last.seconds[row]!
      const deviceBound = firstHost + seconds[row]! + startCycleCount / coreHertz[row]!
      kernelSeconds[row] = seconds[row]!
      queueEnds.deviceSeconds[row] = deviceBound
      queueEnds.hostSeconds[row] = hostBound
      isHostBound[row] = hostBound > deviceBound ? 1 : 0
      seconds[row] = hostBound > deviceBound ? hostBound : deviceBound
    }
  }
  return {hostSeconds, overlap, isHostBound, queueEnds, kernelSeconds}
}
