import type {NestProgram} from '../mapping/nest-program.js'
import type {Problem, ProblemTensor} from '../workload/problem.js'
import {bitsOf} from './mapspace.js'
import type {PartialNest} from './partial-nest.js'

/**
 * Lower bounds of what the completions of a partial mapping take. What is not placed yet counts as lying inside everything, where it moves
 * least, and as filling what room the arrays have left, where it takes least time.
 */
export interface Bound {
  /** Overwritten by each call. */
  cycles: number
  /** Energy that no mapping changes. */
  readonly fixedJoules: number
  readonly tensorJoules: Float64Array
  readonly tables: BoundTables
  readonly readBytes: Float64Array
  readonly writtenBytes: Float64Array
}

interface BoundTables {
  /** By tensor: words that it has at least, and bits of the dimensions along which steps at one time can share words. */
  readonly leastWords: Float64Array
  readonly relevantBits: Int32Array
  readonly sharingBits: Int32Array
  /** Level × tensor: joules a word, at least. */
  readonly readJoules: Float64Array
  readonly fillJoules: Float64Array
  readonly updateJoules: Float64Array
  /** Instances of a level in the whole machine, by its fanouts; the multiply-adders last. */
  readonly instanceCaps: Float64Array
  readonly allowsImperfect: boolean
}

/** Room for the bounds of a problem on a hierarchy. */
export function boundOf({problem, levels, tensors}: NestProgram, allowsImperfect: boolean): Bound {
  const perWord = (joules: Float64Array) =>
    joules.map((each, cell) => each / (levels.wordsPerAccess[cell] === 0 ? 1 : levels.wordsPerAccess[cell]!))
  const instanceCaps = new Float64Array(levels.levelCount + 1).fill(1)
  for (let level = 0; level < levels.levelCount; level++)
    instanceCaps[level + 1] = instanceCaps[level]! * levels.fanoutX[level]! * levels.fanoutY[level]!
  return {
    cycles: 0,
    fixedJoules: tensors.operationCount * levels.joulesPerOperation,
    tensorJoules: new Float64Array(tensors.tensorCount),
    readBytes: new Float64Array(levels.levelCount),
    writtenBytes: new Float64Array(levels.levelCount),
    tables: {
      leastWords: Float64Array.from(problem.tensors, (tensor) => leastWords(problem, tensor)),
      relevantBits: Int32Array.from(problem.tensors, ({ranks}) =>
        bitsOf(ranks.flatMap(({terms}) => terms.map(({dimension}) => dimension))),
      ),
      sharingBits: Int32Array.from(problem.tensors, (tensor) => sharingBits(problem, tensor)),
      readJoules: perWord(levels.readJoules),
      fillJoules: perWord(levels.fillJoules),
      updateJoules: perWord(levels.updateJoules),
      instanceCaps,
      allowsImperfect,
    },
  }
}

/** Fills the bounds of a partial mapping. */
export function boundPartial(program: NestProgram, partial: PartialNest, bound: Bound): void {
  bound.readBytes.fill(0)
  bound.writtenBytes.fill(0)
  for (let tensor = 0; tensor < program.tensors.tensorCount; tensor++)
    bound.tensorJoules[tensor] = boundTensor(program, partial, bound, tensor)
  bound.cycles = boundCycles(program, partial, bound)
}

/** Walks the levels as an evaluation does, from each one that keeps the tensor to the next inward, and sums over all instances. */
function boundTensor(
  {tensors, levels}: NestProgram,
  partial: PartialNest,
  {tables, readBytes, writtenBytes}: Bound,
  tensor: number,
): number {
  const {slotCount, ratios, counts, keeps, placedBits} = partial
  const {levelCount} = levels
  const relevant = tables.relevantBits[tensor]!
  const bytes = tensors.elementBytes[tensor]!
  const words = tables.leastWords[tensor]!
  const isOutput = tensors.isOutput[tensor] === 1
  const isPlain = tensors.isOverlappingOutput[tensor] === 0
  let waiting = 1
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++)
    if ((((relevant | placedBits) >> dimension) & 1) === 0) waiting *= tensors.sizes[dimension]!
  let joules = 0
  let turns = 1
  let copies = 1
  let copyCount = 1
  let parent = 0
  let parentCopies = 1
  let parentCopyCount = 1
  for (let level = 0; level < levelCount; level++) {
    for (let dimension = 0, slot = 3 * level; slot < counts.length; dimension++, slot += slotCount) {
      if ((relevant >> dimension) & 1) continue
      turns *= ratios[slot]!
      copies *= ratios[slot + 1]! * ratios[slot + 2]!
      copyCount *= counts[slot + 1]! * counts[slot + 2]!
    }
    const child = level + 1
    const isLast = child === levelCount
    if (!isLast && ((keeps[child]! >> tensor) & 1) === 0) continue
    const moved = isLast ? 0 : (words * turns) / runOf(tensors.dimensionCount, partial, relevant, level)
    const isShared = isOutput ? levels.isReducing[parent] === 1 : levels.isMulticast[parent] === 1
    const served = isLast
      ? tensors.operationCount / (isShared ? sharedBy(tensors.sizes, partial, tables, tensor, parent) : 1)
      : moved * (isShared ? parentCopies : copies)
    const isLoose = isLast || tables.allowsImperfect
    const held =
      words * (isLoose ? Math.min(parentCopyCount * waiting, Math.max(parentCopyCount, tables.instanceCaps[parent]!)) : parentCopyCount)
    const cell = parent * tensors.tensorCount + tensor
    const reads = isOutput ? (isPlain ? Math.max(0, served - held) : 0) : served
    const updates = isOutput ? served : 0
    joules += reads * tables.readJoules[cell]! + updates * tables.updateJoules[cell]!
    readBytes[parent]! += reads * bytes
    writtenBytes[parent]! += updates * bytes
    if (!isLast) {
      const ownCount = tables.allowsImperfect ? Math.min(copyCount * waiting, Math.max(copyCount, tables.instanceCaps[child]!)) : copyCount
      const fills = isOutput ? (isPlain ? Math.max(0, moved * copies - words * ownCount) : 0) : moved * copies
      joules += fills * tables.fillJoules[cell + (child - parent) * tensors.tensorCount]!
      writtenBytes[child]! += fills * bytes
    }
    parent = child
    parentCopies = copies
    parentCopyCount = copyCount
  }
  return joules
}

/** Turns of the loops outside of a tile that leave it as it is, at most: those inside the innermost loop that moves it. */
function runOf(
  dimensionCount: number,
  {slotCount, counts, ratios, isPerfect, orders}: PartialNest,
  relevant: number,
  fromLevel: number,
): number {
  let run = 1
  for (let level = fromLevel; level >= 0; level--) {
    const order = orders[level]
    let isMoved = false
    for (let place = dimensionCount - 1; place >= 0; place--) {
      const dimension = order === undefined ? place : order[place]!
      const slot = dimension * slotCount + 3 * level
      if (counts[slot] === 1) continue
      if (((relevant >> dimension) & 1) === 0) {
        run *= ratios[slot]!
      } else if (isPerfect[dimension] === 1) {
        // Turns of an imperfect loop can be few in places, and let a run pass there.
        isMoved = true
        if (order !== undefined) break
      }
    }
    if (isMoved) break
  }
  return run
}

/** Multiply-adds at most that one word from a level serves at a time. */
function sharedBy(
  sizes: Float64Array,
  {slotCount, counts, placedBits}: PartialNest,
  tables: BoundTables,
  tensor: number,
  level: number,
): number {
  const sharing = tables.sharingBits[tensor]!
  let shared = 1
  let apart = 1
  let waiting = 1
  for (let dimension = 0; dimension < sizes.length; dimension++) {
    const isSharing = ((sharing >> dimension) & 1) === 1
    if (isSharing && ((placedBits >> dimension) & 1) === 0) waiting *= sizes[dimension]!
    for (let slot = dimension * slotCount + 3 * level; slot < (dimension + 1) * slotCount; slot += 3) {
      const count = counts[slot + 1]! * counts[slot + 2]!
      if (isSharing) shared *= count
      else apart *= count
    }
  }
  const room = tables.instanceCaps[tables.instanceCaps.length - 1]! / tables.instanceCaps[level]! / apart
  return waiting === 1 ? shared : Math.max(shared, Math.min(shared * waiting, room))
}

function boundCycles(
  {tensors, levels}: NestProgram,
  {slotCount, counts, placedBits}: PartialNest,
  {tables, readBytes, writtenBytes}: Bound,
): number {
  let steps = 1
  let waiting = 1
  let spread = 1
  for (let dimension = 0; dimension < tensors.dimensionCount; dimension++) {
    let across = 1
    for (let slot = dimension * slotCount; slot < (dimension + 1) * slotCount; slot += 3) across *= counts[slot + 1]! * counts[slot + 2]!
    spread *= across
    if ((placedBits >> dimension) & 1) steps *= Math.ceil(tensors.sizes[dimension]! / across - 1e-9)
    else waiting *= tensors.sizes[dimension]!
  }
  const room = tables.instanceCaps[levels.levelCount]! / spread
  let cycles = steps * Math.max(1, waiting / room) * levels.cyclesPerStep
  let used = 1
  for (let level = 0; level < levels.levelCount; level++) {
    const instances = Math.max(used, Math.min(used * waiting, tables.instanceCaps[level]!))
    const read = readBytes[level]!
    const written = writtenBytes[level]!
    const portCycles = Math.max(
      read * levels.readCyclesPerByte[level]!,
      written * levels.writeCyclesPerByte[level]!,
      (read + written) * levels.sharedCyclesPerByte[level]!,
    )
    cycles = Math.max(cycles, portCycles / instances)
    for (let slot = 3 * level; slot < counts.length; slot += slotCount) used *= counts[slot + 1]! * counts[slot + 2]!
  }
  return cycles
}

/** Words of a tensor that are surely different: of ranks that share no dimension, the indices that the dimensions reach. */
function leastWords({dimensions}: Problem, {ranks}: ProblemTensor): number {
  let seen = 0
  let words = 1
  for (const {terms} of ranks) {
    const bits = bitsOf(terms.map(({dimension}) => dimension))
    if ((seen & bits) !== 0) continue
    seen |= bits
    words *= reachedIndices(terms.map(({dimension, coefficient}) => ({size: dimensions[dimension]!.size, coefficient})))
  }
  return words
}

/** Indices that sums of terms take, exactly where they leave no gaps, else at least as many as the longest term. */
function reachedIndices(terms: readonly {readonly size: number; readonly coefficient: number}[]): number {
  let reach = 0
  for (const {size, coefficient} of terms.toSorted((one, other) => one.coefficient - other.coefficient)) {
    if (coefficient > reach + 1) return Math.max(...terms.map((term) => term.size))
    reach += coefficient * (size - 1)
  }
  return reach + 1
}

/** Dimensions that a word does not depend on alone: those that the tensor leaves out, and those that add up in a rank. */
function sharingBits({dimensions}: Problem, {ranks}: ProblemTensor): number {
  const alone = ranks.filter(({terms}) => terms.length === 1).flatMap(({terms}) => terms.map(({dimension}) => dimension))
  return (2 ** dimensions.length - 1) & ~bitsOf(alone)
}
