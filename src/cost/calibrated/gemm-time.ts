import type {Column} from '../../accelerator/machine.js'
import {type Candidates, compileCandidates} from './gemm-candidates.js'
import {gemmFacts} from './gemm-facts.js'
import {exposedHostShare, hostRatio} from './gemm-host.js'
import {gemmMachine, type Offer} from './gemm-machine.js'
import {gemmIndex as at, type GemmParameter, gemmParameters} from './gemm-parameters.js'
import {copyPhases, emptyPhases, emptyRates, longestPhase, productBytes, setPhases, setRates} from './gemm-phases.js'
import type {Tiling} from './gemm-tiles.js'
import type {CompiledKernel, KernelContext, KernelModel} from './kernel-model.js'

/** Time of a matrix product, batched or grouped: the fastest of the library's tilings under waves, traffic and launch. */
export const gemmTime: KernelModel<GemmParameter> = {parameters: gemmParameters, compile: compileGemm}

function compileGemm({machine: columns, node, run, parameters: values, boundIndex}: KernelContext): CompiledKernel {
  const bytes = productBytes(node, run.operandCopyCount)
  const machine = gemmMachine(columns, node)
  const [isAlone, hostSecondsPerMicrosecond] = [run.launch === 'alone', 1e-6 * hostRatio(node)]
  // A host that queues ahead goes on to the next kernel where one that waits for a lone kernel does not.
  const loneSeconds = (): number => values[at.hostLaunch]! * hostSecondsPerMicrosecond
  const hostSeconds = (): number => exposedHostShare * loneSeconds()
  const bounds = [boundIndex('overhead'), boundIndex(machine.unitName), boundIndex(machine.cacheName), boundIndex(machine.dramName)]
  const [phases, best, rates] = [emptyPhases(), emptyPhases(), emptyRates()]

  const consider = (tiling: Tiling): boolean => {
    setPhases(phases, tiling, rates, bytes, best)
    if (phases.scoreSeconds >= best.scoreSeconds) return false
    copyPhases(phases, best)
    return true
  }
  const known = new Map<Offer, Candidates>()
  const candidatesOf = (offer: Offer): Candidates => {
    const candidates = known.get(offer) ?? compileCandidates(offer.tilings, bytes)
    known.set(offer, candidates)
    return candidates
  }
  const choose = (hertz: number, row: number): Tiling => {
    setRates(rates, machine, bytes, values, hertz, row)
    if (isAlone) rates.launchSeconds = hostSeconds()
    const trial = candidatesOf(machine.offer(row)).of(rates)
    const {tilings} = trial
    // What was taken last is most often taken again: tried first, it spares most of the others.
    const first = trial.takenIndex
    best.scoreSeconds = Number.POSITIVE_INFINITY
    consider(tilings[first]!)
    for (let index = 0; index < tilings.length; index++) if (index !== first && consider(tilings[index]!)) trial.takenIndex = index
    return tilings[trial.takenIndex]!
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
