import type {Hierarchy, HierarchyLevel} from '#ridge/accelerator/hierarchy.js'
import {type EncodedNest, encodedNest} from '#ridge/mapping/encoded-nest.js'
import {compileNest, evaluateNest, fitNest, type NestProgram} from '#ridge/mapping/nest-program.js'
import type {Problem} from '#ridge/workload/problem.js'
import {gemm, plainGemm, plainResults} from './plain-gemm.js'

const mappingCount = 200_000
const batchCount = 100
/** From one mapping to the next in the space of all; shares no factor with its size, 715³ · 6³, so that none comes twice. */
const stride = 30_224_301_319
/** Loops that a mapping may have in each dimension: in time at each level, and along both axes of the array. */
const slots = [0, 9, 12, 15, 18]

export interface MappingRate {
  readonly name: string
  readonly mappingsPerSecond: number
  readonly checksum: number
}

const problem: Problem = {
  name: 'product',
  dimensions: ['m', 'n', 'k'].map((name) => ({name, size: gemm.size})),
  tensors: [
    {name: 'A', dimensions: [0, 2], isOutput: false},
    {name: 'B', dimensions: [2, 1], isOutput: false},
    {name: 'C', dimensions: [0, 1], isOutput: true},
  ].map(({name, dimensions, isOutput}) => ({
    name,
    class: 'activations',
    elementBits: 8,
    isOutput,
    ranks: dimensions.map((dimension) => ({terms: [{dimension, coefficient: 1}]})),
  })),
}

function levelOf(name: string, rest: Partial<HierarchyLevel> & {joulesPerByte: number; bytesPerCycle: number}): HierarchyLevel {
  const {joulesPerByte, bytesPerCycle, ...given} = rest
  return {
    name,
    kind: 'scratchpad',
    instanceCount: 1,
    fanout: {x: 1, y: 1},
    capacityBytes: Number.POSITIVE_INFINITY,
    accessBits: undefined,
    readJoulesPerByte: joulesPerByte,
    fillJoulesPerByte: joulesPerByte,
    updateJoulesPerByte: joulesPerByte,
    readBytesPerCycle: Number.POSITIVE_INFINITY,
    writeBytesPerCycle: Number.POSITIVE_INFINITY,
    sharedBytesPerCycle: bytesPerCycle,
    isMulticast: true,
    isReducing: true,
    bufferCount: undefined,
    ...given,
  }
}

const hierarchy: Hierarchy = {
  name: 'three levels',
  levels: [
    levelOf('DRAM', {joulesPerByte: gemm.dramJoulesPerByte, bytesPerCycle: gemm.dramBytesPerCycle, accessBits: 8 * gemm.dramAccessBytes}),
    levelOf('buffer', {
      joulesPerByte: gemm.bufferJoulesPerByte,
      bytesPerCycle: gemm.bufferBytesPerCycle,
      accessBits: 8 * gemm.bufferAccessBytes,
      capacityBytes: gemm.bufferBytes,
      fanout: {x: gemm.arrayWidth, y: gemm.arrayWidth},
    }),
    levelOf('registers', {
      joulesPerByte: gemm.registerJoulesPerByte,
      bytesPerCycle: gemm.registerBytesPerCycle,
      capacityBytes: gemm.registerBytes,
      instanceCount: gemm.arrayWidth ** 2,
    }),
  ],
  arithmetic: {
    name: 'multiply-adders',
    instanceCount: gemm.arrayWidth ** 2,
    joulesPerOperation: gemm.joulesPerOperation,
    cyclesPerStep: 1,
  },
  hertz: 1e9,
}

/** Complete evaluations a second of valid mappings that all differ, by the mapper and by a loop written for this one problem. */
export function mappingRates(): {mappingCount: number; plain: MappingRate; mapper: MappingRate} {
  const program = compileNest(problem, hierarchy)
  const nests = Array.from({length: mappingCount / batchCount}, () => encodedNest(3, 3))
  const out = new Float64Array(plainResults.count)
  const plain: Batches = {seconds: [], checksum: 0}
  const mapper: Batches = {seconds: [], checksum: 0}
  const mappings = differentMappings(program)
  for (let batch = 0; batch < batchCount; batch++) {
    for (const nest of nests) copyNest(mappings.next().value, nest)
    if (batch === 0) checkCounts(program, nests, out)
    timed(plain, () => plainChecksum(nests, out))
    timed(mapper, () => mapperChecksum(program, nests))
  }
  return {mappingCount, plain: rateOf('loop written for this problem', plain), mapper: rateOf('mapper', mapper)}
}

interface Batches {
  readonly seconds: number[]
  checksum: number
}

function timed(batches: Batches, run: () => number): void {
  const start = performance.now()
  batches.checksum += run()
  batches.seconds.push((performance.now() - start) / 1000)
}

/** By the median batch, as other work on the machine takes from some. */
function rateOf(name: string, {seconds, checksum}: Batches): MappingRate {
  const median = seconds.toSorted((one, other) => one - other)[batchCount / 2]!
  return {name, mappingsPerSecond: mappingCount / batchCount / median, checksum}
}

function plainChecksum(nests: readonly EncodedNest[], out: Float64Array): number {
  let checksum = 0
  for (let index = 0; index < nests.length; index++) {
    if (!plainGemm(nests[index]!, out)) throw new Error('all mappings fit')
    checksum += out[plainResults.cycles]! + out[plainResults.energyJoules]! + out[plainResults.utilizationRatio]!
  }
  return checksum
}

function mapperChecksum(program: NestProgram, nests: readonly EncodedNest[]): number {
  const {counts} = program
  let checksum = 0
  for (let index = 0; index < nests.length; index++) {
    if (evaluateNest(program, nests[index]!) !== 0) throw new Error('all mappings fit')
    checksum += counts.cycles + counts.energyJoules + counts.utilizationRatio
  }
  return checksum
}

function checkCounts(program: NestProgram, nests: readonly EncodedNest[], out: Float64Array): void {
  const {readWords, fillWords, updateWords} = program.counts
  for (const nest of nests) {
    plainGemm(nest, out)
    evaluateNest(program, nest)
    for (let cell = 0; cell < 9; cell++)
      for (const [kind, words] of [readWords, fillWords, updateWords].entries())
        if (words[cell] !== out[3 * cell + kind]) throw new Error('the mapper and the plain loop count differently')
  }
}

/** Valid mappings in a scattered order: splits of each dimension over the slots times orders, none twice. */
function* differentMappings(program: NestProgram): Generator<EncodedNest, never> {
  const splits = splitsOf(Math.log2(gemm.size), slots.length)
  const orders = [...permutations([0, 1, 2])]
  const spaceSize = splits.length ** 3 * orders.length ** 3
  const nest = encodedNest(3, 3)
  let index = 0
  let rest = 0
  const take = <Item>(items: readonly Item[]): Item => {
    const item = items[rest % items.length]!
    rest = Math.floor(rest / items.length)
    return item
  }
  for (;;) {
    index = (index + stride) % spaceSize
    rest = index
    for (let dimension = 0; dimension < 3; dimension++)
      for (const [place, power] of take(splits).entries()) nest.counts[slots[place]! + dimension] = 2 ** power
    if (fitNest(program, nest) !== 0) continue
    for (let level = 0; level < 3; level++) nest.order.set(take(orders), 3 * level)
    if (isPlainlyOrdered(nest)) yield nest
  }
}

/** Loops of one turn stand innermost and in one order, so that no mapping has two forms. */
function isPlainlyOrdered({counts, order}: EncodedNest): boolean {
  for (let place = 1; place < 9; place++) {
    if (place % 3 === 0 || counts[9 * Math.floor(place / 3) + order[place - 1]!]! > 1) continue
    if (counts[9 * Math.floor(place / 3) + order[place]!]! > 1 || order[place]! < order[place - 1]!) return false
  }
  return true
}

function splitsOf(total: number, parts: number): number[][] {
  if (parts === 1) return [[total]]
  return Array.from({length: total + 1}, (_, first) => splitsOf(total - first, parts - 1).map((rest) => [first, ...rest])).flat()
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield []
  for (const item of items) for (const rest of permutations(items.filter((each) => each !== item))) yield [item, ...rest]
}

function copyNest({counts, order, keeps}: EncodedNest, target: EncodedNest): void {
  target.counts.set(counts)
  target.order.set(order)
  target.keeps.set(keeps)
}
