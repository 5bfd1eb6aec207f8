import type {Column} from '../accelerator/machine.js'
import type {Launch} from '../workload/kernel-run.js'
import type {OperatorProgram} from './operator-program.js'

/** What the way of issuing kernels makes of a pass. */
export interface Dispatch {
  /** Time of the host to issue all kernels; zero where a graph on the device does. */
  readonly hostSeconds: () => number
  /** Turns the time that the device needs for its kernels into the time of the pass. */
  readonly overlap: (deviceSeconds: Column, rowCount: number) => void
  /** 1 where the host is the slower of the two. */
  readonly isHostBound: Uint8Array
}

/**
 * Compiles how kernels are issued. A host that queues them ahead overlaps with the device: the pass ends when both queues
 * are through, the host's with its last kernel still to run, the device's after the host has issued the first.
 */
export function compileDispatch(programs: readonly OperatorProgram[], launch: Launch, rowCapacity: number): Dispatch {
  const isHostBound = new Uint8Array(rowCapacity)
  const [first, last] = [programs[0], programs.at(-1)]
  if (launch !== 'queued' || first === undefined || last === undefined) return {hostSeconds: () => 0, overlap: () => {}, isHostBound}
  const hostSeconds = (): number => programs.reduce((sum, {count, time}) => sum + count * time.hostSeconds(), 0)
  const overlap = (seconds: Column, rowCount: number): void => {
    const [host, firstHost] = [hostSeconds(), first.time.hostSeconds()]
    for (let row = 0; row < rowCount; row++) {
      const hostBound = host + last.totalSeconds[row]! / last.count
      const deviceBound = firstHost + seconds[row]!
      isHostBound[row] = hostBound > deviceBound ? 1 : 0
      seconds[row] = hostBound > deviceBound ? hostBound : deviceBound
    }
  }
  return {hostSeconds, overlap, isHostBound}
}
