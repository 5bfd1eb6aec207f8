import type {Column} from '../../accelerator/machine.js'
import {clockCandidates, differInClock} from './gemm-candidates.js'
import {gemmFacts} from './gemm-facts.js'
import {exposedHostShare, hostRatio} from './gemm-host.js'
import {gemmMachine} from './gemm-machine.js'
import {gemmIndex as at, type GemmParameter, gemmParameters} from './gemm-parameters.js'
import {copyPhases, emptyPhases, emptyRates, longestPhase, productBytes, setPhases, setRates} from './gemm-phases.js'
import type {Tiling} from './gemm-tiles.js'
import type {CompiledKernel, KernelContext, KernelModel} from './kernel-model.js'

/** Time of a matrix product, batched or grouped: the fastest of the library's tilings under waves, traffic and launch. */
export const gemmTime: KernelModel<GemmParameter> = {parameters: gemmParameters, compile: compileGemm}

/** Rows that differ in their clocks alone, from which on it pays to look for the tilings that matter at any clock. */
const clockRunRows = 3

function compileGemm({machine: columns, node, run, parameters: values, boundIndex}: KernelContext): CompiledKernel {
  const machine = gemmMachine(columns, node)
  const bytes = productBytes(node, run.operandCopyCount)
  const [isAlone, hostSecondsPerMicrosecond] = [run.launch === 'alone', 1e-6 * hostRatio(node)]
  // A host that queues ahead goes on to the next kernel where one that waits for a lone kernel does not.
  const loneSeconds = (): number => values[at.hostLaunch]! * hostSecondsPerMicrosecond
  const hostSeconds = (): number => exposedHostShare * loneSeconds()
  const bounds = [boundIndex('overhead'), boundIndex(machine.unitName), boundIndex(machine.cacheName), boundIndex(machine.dramName)]
  const [phases, best] = [emptyPhases(), emptyPhases()]
  /** Of this row and of the one before. */
  let [rates, before] = [emptyRates(), emptyRates()]
  let beforeHertz = Number.NaN
  let offered: readonly Tiling[] = []
  let candidates: readonly Tiling[] = []
  let alikeCount = 0

  /** The choice of the row before, which most often is this row's too: tried first, it spares most of the others. */
  let chosen = 0
  const consider = (tiling: Tiling): boolean => {
    setPhases(phases, tiling, rates, bytes, best)
    if (phases.scoreSeconds >= best.scoreSeconds) return false
    copyPhases(phases, best)
    return true
  }
  /** All tilings, or those that are left of them once some rows have differed in their clocks alone. */
  const worthTrying = (tilings: readonly Tiling[], hertz: number): readonly Tiling[] => {
    if (tilings !== offered || !differInClock(rates, before, hertz / beforeHertz)) {
      offered = candidates = tilings
      alikeCount = 0
    } else if (++alikeCount === clockRunRows) {
      candidates = clockCandidates(tilings, rates, bytes)
    }
    beforeHertz = hertz
    return candidates
  }
  const choose = (hertz: number, row: number): Tiling => {
    const unused = before
    before = rates
    rates = unused
    setRates(rates, machine, bytes, values, hertz, row)
    if (isAlone) rates.launchSeconds = hostSeconds()
    const tilings = worthTrying(machine.offer(row).tilings, hertz)
    const first = chosen < tilings.length ? chosen : 0
    chosen = first
    best.scoreSeconds = Number.POSITIVE_INFINITY
    consider(tilings[first]!)
    for (let choice = 0; choice < tilings.length; choice++) if (choice !== first && consider(tilings[choice]!)) chosen = choice
    return tilings[chosen]!
  }
  const time = (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number): void => {
    for (let row = 0; row < rowCount; row++) {
      choose(coreHertz[row]!, row)
      // A lone kernel may end before its host is done with it.
      const leastSeconds = isAlone ? loneSeconds() : 0
      seconds[row] = Math.max(best.totalSeconds, leastSeconds)
      boundBy[row] = bounds[best.totalSeconds < leastSeconds ? 0 : longestPhase(best)]!
    }
  }
  const facts = (coreHertz: number, row: number) => gemmFacts(choose(coreHertz, row), best, rates, bytes)
  return {time, hostSeconds, facts}
}
