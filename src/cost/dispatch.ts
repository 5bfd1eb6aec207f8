import type {Column} from '../accelerator/machine.js'
import type {Launch} from '../workload/kernel-run.js'
import type {OperatorProgram} from './operator-program.js'

/**
 * Compiles what the way of issuing kernels makes of the time that the device needs for them. A host that queues kernels
 * ahead overlaps with the device: the pass ends when both queues are through, the host's with its last kernel still to
 * run, or the device's after the host has issued the first.
 */
export function compileDispatch(programs: readonly OperatorProgram[], launch: Launch): (deviceSeconds: Column, rowCount: number) => void {
  const [first, last] = [programs[0], programs.at(-1)]
  if (launch !== 'queued' || first === undefined || last === undefined) return () => {}
  return (deviceSeconds, rowCount) => {
    const hostSeconds = programs.reduce((sum, {count, time}) => sum + count * time.hostSeconds(), 0)
    const firstSeconds = first.time.hostSeconds()
    for (let row = 0; row < rowCount; row++) {
      const hostBound = hostSeconds + last.totalSeconds[row]! / last.count
      const deviceBound = firstSeconds + deviceSeconds[row]!
      deviceSeconds[row] = hostBound > deviceBound ? hostBound : deviceBound
    }
  }
}
