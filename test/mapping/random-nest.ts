import fc from 'fast-check'
import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import type {LoopNest} from '../../src/mapping/loop-nest.js'
import type {Problem, ProblemTensor, Rank} from '../../src/workload/problem.js'

/** The dimensions of a rank by letter, with coefficients: `2p+r`. Ranks are apart by spaces. */
const shapes: Record<string, {inputs: readonly string[]; output: string}> = {
  product: {inputs: ['m k', 'k n'], output: 'm n'},
  'product of batches': {inputs: ['b m k', 'b k n'], output: 'b m n'},
  'product by a vector': {inputs: ['m k', 'k'], output: 'm'},
  'convolution along one axis': {inputs: ['c ?p+?r', 'k c r'], output: 'k p'},
  'convolution along two axes': {inputs: ['?p+?r ?q+?s', 'r s'], output: 'p q'},
  'convolution by channel': {inputs: ['c ?p+?r', 'c r'], output: 'c p'},
  'gradient of a convolution': {inputs: ['k p', 'k r'], output: '?p+?r'},
  'sum to a scalar': {inputs: ['m n', ''], output: ''},
  'scalar times a matrix': {inputs: ['', '?m n'], output: 'm n'},
  'outer product': {inputs: ['m', 'n'], output: 'm n'},
  'matrix on a diagonal': {inputs: ['m k', 'k k'], output: 'm m'},
  'ranks that share dimensions': {inputs: ['?a+?b b+c', 'c'], output: '?a b+c'},
}

/** A problem of at most `pointCount` points. */
function anyProblem(pointCount: number): fc.Arbitrary<Problem> {
  return fc
    .tuple(
      fc.constantFrom(...Object.keys(shapes)),
      fc.array(fc.integer({min: 1, max: 7}), {minLength: 5, maxLength: 5}),
      fc.array(fc.integer({min: 1, max: 3}), {minLength: 8, maxLength: 8}),
    )
    .map(([name, sizes, coefficients]) => {
      const {inputs, output} = shapes[name]!
      const letters = [...new Set([...inputs, output].join('').match(/[a-z]/g) ?? [])]
      const known = new Map<string, number>()
      const coefficient = (term: string) => {
        if (!term.startsWith('?')) return 1
        if (!known.has(term)) known.set(term, coefficients[known.size]!)
        return known.get(term)!
      }
      const ranksOf = (text: string): Rank[] =>
        (text.match(/\S+/g) ?? []).map((rank) => ({
          terms: rank.split('+').map((term) => ({dimension: letters.indexOf(term.at(-1)!), coefficient: coefficient(term)})),
        }))
      const tensor = (text: string, isOutput: boolean, at: number): ProblemTensor => ({
        name: `t${at}`,
        class: 'activations',
        elementBits: 8,
        isOutput,
        ranks: ranksOf(text),
      })
      const dimensions = letters.map((letter, at) => ({name: letter, size: sizes[at]!}))
      while (dimensions.reduce((product, {size}) => product * size, 1) > pointCount) {
        const largest = dimensions.reduce((most, each) => (each.size > most.size ? each : most))
        largest.size--
      }
      return {name, dimensions, tensors: [...inputs.map((text, at) => tensor(text, false, at)), tensor(output, true, inputs.length)]}
    })
}

export interface NestCase {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly nest: LoopNest
}

/** A level without limits. */
export const openLevel: HierarchyLevel = {
  name: 'level',
  kind: 'scratchpad',
  instanceCount: 1,
  fanout: {x: 64, y: 64},
  capacityBytes: Number.POSITIVE_INFINITY,
  accessBits: undefined,
  readJoulesPerByte: 1,
  fillJoulesPerByte: 2,
  updateJoulesPerByte: 3,
  readBytesPerCycle: Number.POSITIVE_INFINITY,
  writeBytesPerCycle: Number.POSITIVE_INFINITY,
  sharedBytesPerCycle: Number.POSITIVE_INFINITY,
  isMulticast: true,
  isReducing: true,
  bufferCount: undefined,
}

/** A tiny problem on one to four levels, with any loops, orders, spreads and bypasses; `isPerfect` when all counts divide. */
export function anyNest(pointCount: number, isPerfect: boolean): fc.Arbitrary<NestCase> {
  return fc
    .tuple(
      anyProblem(pointCount),
      fc.array(fc.record({isMulticast: fc.boolean(), isReducing: fc.boolean()}), {minLength: 1, maxLength: 4}),
      fc.array(fc.nat({max: 1000}), {minLength: 80, maxLength: 80}),
    )
    .map(([problem, networks, picks]) => {
      let at = 0
      const pick = (count: number) => picks[at++ % picks.length]! % count
      const hierarchy: Hierarchy = {
        name: 'any',
        levels: networks.map((network, index) => ({...openLevel, ...network, name: `level ${index}`})),
        arithmetic: {name: 'multiply-add', instanceCount: 64, joulesPerOperation: 5, cyclesPerStep: 1},
        hertz: 1e9,
      }
      const slots = 3 * networks.length
      const counts = problem.dimensions.map(({size}) => (isPerfect ? perfectCounts(size, slots, pick) : imperfectCounts(size, slots, pick)))
      const levels = networks.map((_, index) => {
        const loops = (way: number) =>
          problem.dimensions
            .map((_, dimension) => ({dimension, count: counts[dimension]![3 * index + way]!}))
            .filter(({count}) => count > 1)
        return {
          temporal: shuffled(loops(0), pick),
          x: loops(1),
          y: loops(2),
          keeps: problem.tensors.map(() => index === 0 || pick(4) > 0),
        }
      })
      return {problem, hierarchy, nest: {levels}}
    })
}

/** Prime factors dealt to slots, more often to those in time. */
function perfectCounts(size: number, slots: number, pick: (count: number) => number): number[] {
  const counts = new Array<number>(slots).fill(1)
  let left = size
  for (let prime = 2; left > 1; prime++) for (; left % prime === 0; left /= prime) counts[anySlot(slots, pick)]! *= prime
  return counts
}

/** A few counts from the innermost slot outward, none more than what is left, and the rest at one slot. */
function imperfectCounts(size: number, slots: number, pick: (count: number) => number): number[] {
  const counts = new Array<number>(slots).fill(1)
  const chosen = [...new Set([anySlot(slots, pick), anySlot(slots, pick), anySlot(slots, pick)])].sort((one, other) => other - one)
  let inside = 1
  for (const [place, slot] of chosen.entries()) {
    const most = Math.ceil(size / inside)
    counts[slot] = place === chosen.length - 1 ? most : 1 + pick(Math.min(most, 4))
    inside *= counts[slot]!
    if (inside >= size) break
  }
  return counts
}

function anySlot(slots: number, pick: (count: number) => number): number {
  const slot = pick(slots)
  return slot % 3 > 0 && pick(2) === 0 ? slot - (slot % 3) : slot
}

function shuffled<Item>(items: Item[], pick: (count: number) => number): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = pick(last + 1)
    ;[items[last], items[other]] = [items[other]!, items[last]!]
  }
  return items
}
