import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {parseProblem} from '../../src/workload/load-problem.js'

/** Three levels over an array of 4 by 2 multiply-adders; errors are pinned to its lines, so lines are only added at its end. */
export const smallHierarchy = `title: Small array
source: book
sources:
  book: {title: a book}
clock: 100 MHz
levels:
  dram:
    kind: dram
    capacity: unlimited
    bandwidth: 8 B/cycle
    access: 64 b
    energy: 800 pJ
  buffer:
    kind: scratchpad
    capacity: 1 KiB
    readBandwidth: 1.6 GB/s
    writeBandwidth: 16 B/cycle
    readEnergy: 6 pJ/B
    writeEnergy: 7 pJ/B
    fanout: {x: 4, y: 2}
    multicast: true
    reduction: true
  registers:
    kind: register
    capacity: 16 B
    bandwidth: unlimited
    readEnergy: 1 pJ/B
    fillEnergy: 2 pJ/B
    updateEnergy: 3 pJ/B
arithmetic: {name: mac, energy: 0.5 pJ}
`

/** A product of 16-bit words small enough to count by hand. */
export const smallProblem = `dtype: int16
gemm: {m: 8, n: 4, k: 6}
`

/** The small hierarchy. */
export const smallLevels = (text = smallHierarchy) => parseHierarchy('small', text)
/** The small product. */
export const smallGemm = (text = smallProblem) => parseProblem('small-gemm', text)
