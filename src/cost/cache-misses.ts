import type {Column, Machine} from '../accelerator/machine.js'

/**
 * Compiles which share of the activations that a kernel of a pass reads and writes reaches main memory: what fits in the
 * last cache, one kernel leaves there for the next, and its buffer is written again before it is ever evicted; hits fall as
 * 1 / (1 + (bytes / capacity)^4). It lowers the energy of main memory alone. On an A100's sweeps its L2 is the best capacity.
 */
export function compileCacheMisses(machine: Machine<Column>): (activationBytes: number, out: Column, rowCount: number) => void {
  const cache = machine.memories.at(-2)
  if (cache?.kind !== 'cache') return () => {}
  const {capacityBytes, instanceCount} = cache
  return (activationBytes, out, rowCount) => {
    for (let row = 0; row < rowCount; row++) {
      const share = activationBytes / (capacityBytes[row]! * instanceCount[row]!)
      out[row] = 1 - 1 / (1 + share * share * share * share)
    }
  }
}
