import type {Fact} from '../explanation.js'
import type {AttentionMachine} from './attention-machine.js'
import type {AttentionPlan} from './attention-plan.js'
import type {AttentionShape} from './attention-shape.js'
import type {AttentionTerms} from './attention-terms.js'
import {productCycles} from './attention-walk-time.js'

const kernelNames = {
  quad: 'memory-efficient attention',
  warp: 'FlashAttention 2',
  warpgroup: 'FlashAttention 3',
  tile: 'FlashAttention 4',
} as const

/** What stands behind the time of a fused kernel, for a person to read. */
export function attentionFacts(
  terms: AttentionTerms,
  plan: AttentionPlan,
  shape: AttentionShape,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
): readonly Fact[] {
  const executed = plan.walkCount * productCycles(plan, shape, on, row) * on.matrixPerCycle(row)
  const useful = shape.usefulOperationCount
  const peakSeconds = useful / (on.matrixPerCycle(row) * on.coreCount(row) * coreHertz)
  const fact = (name: string, value: number | string, unit: string): Fact => ({name, value, unit})
  return [
    fact('kernel', kernelNames[plan.kernel], ''),
    fact('tile', `${plan.tile.rows} x ${plan.tile.keys}`, 'queries x keys'),
    fact('splits', terms.splitCount, ''),
    fact('thread blocks', terms.ctaCount, ''),
    fact('residents', terms.residentCount, 'per core'),
    fact('waves', terms.waveCount, ''),
    fact('longest walk', plan.longestWalk, 'blocks of keys'),
    fact('operations executed', executed, 'op'),
    fact('padding and masking', 1 - useful / executed, 'ratio'),
    fact('share of matrix peak while walking', terms.walkSeconds === 0 ? 0 : peakSeconds / terms.walkSeconds, 'ratio'),
    fact('memory bytes', shape.queryBytes + shape.keyBytes, 'B'),
    fact('bytes into cores', plan.walkCount * plan.keyBlockBytes + shape.queryBytes, 'B'),
    fact('walks', terms.walkSeconds * 1e6, 'us'),
    fact('memory', terms.trafficSeconds * 1e6, 'us'),
    ...overheads(terms).map(([name, seconds]) => fact(name, seconds * 1e6, 'us')),
  ]
}

function overheads(terms: AttentionTerms): (readonly [name: string, seconds: number])[] {
  const all = [
    ['launch', terms.launchSeconds],
    ['kernels beside it', terms.otherKernelSeconds],
    ['prologues and epilogues', terms.prologueSeconds],
    ['window mask', terms.maskSeconds],
    ['combination of splits', terms.combineSeconds],
    ['sequences', terms.sequenceSeconds],
    ['cache write', terms.cacheWriteSeconds],
    ['layout traffic', terms.layoutSeconds],
  ] as const
  return all.filter(([, seconds]) => seconds > 0)
}
