import type {FittingMapping, MappedProblem} from './mapped-problem.js'
import type {LevelAnalysis, TensorTraffic} from './nest-analysis.js'

/** A way to run a problem, by the name that tells it apart, and what came of it. */
export interface MappingCandidate {
  readonly name: string
  readonly mapped: MappedProblem
}

/** A strategy that no mapping of the problem keeps to. */
export interface RefusedCandidate {
  readonly name: string
  readonly code: string
  readonly message: string
}

const wordKinds = ['reads', 'fills', 'updates'] as const
export type WordKind = (typeof wordKinds)[number]

/** What one tensor at one level costs each candidate, all instances together; null for those that do not fit. */
export interface ComparedTensor {
  readonly level: string
  readonly tensor: string
  readonly joulesByCandidate: readonly (number | null)[]
  readonly readWordsByCandidate: readonly (number | null)[]
  readonly fillWordsByCandidate: readonly (number | null)[]
  readonly updateWordsByCandidate: readonly (number | null)[]
}

/** What one level, or the multiply-adders, costs each candidate, all instances together. */
export interface ComparedLevel {
  readonly level: string
  readonly joulesByCandidate: readonly (number | null)[]
  readonly cyclesByCandidate: readonly (number | null)[]
  readonly instanceCountByCandidate: readonly (number | null)[]
}

/** A tensor at a level that takes more of one candidate than of another, or the multiply-adders, where `tensor` is null. */
export interface EnergyCause {
  readonly level: string
  readonly tensor: string | null
  readonly moreJoules: number
  /** The words that differ most, of all instances; null for the multiply-adders. */
  readonly words: {readonly kind: WordKind; readonly wordCount: number; readonly bestWordCount: number} | null
}

export interface EnergyGap {
  readonly name: string
  readonly moreJoules: number
  /** Over the best. */
  readonly ratio: number
  /** What makes up the difference, the largest first, until they cover it by half or more. */
  readonly causes: readonly EnergyCause[]
}

export interface TimeGap {
  readonly name: string
  readonly moreCycles: number
  /** Over the best. */
  readonly ratio: number
  readonly boundBy: string
  /** Cycles that the same resource needs in the best. */
  readonly bestCycles: number
  /** The tensor with the most words there; null for the multiply-adders. */
  readonly tensor: string | null
  readonly instanceCount: number
  readonly bestInstanceCount: number
}

/** Candidates side by side; lists by candidate are in their order. */
export interface MappingComparison {
  readonly accelerator: string
  readonly problem: string
  readonly candidates: readonly ({readonly name: string} & MappedProblem)[]
  readonly refused: readonly RefusedCandidate[]
  readonly levels: readonly ComparedLevel[]
  readonly tensors: readonly ComparedTensor[]
  /** The best in each, and how far and why the others that fit are off; null where none fits. */
  readonly time: {readonly best: string; readonly others: readonly TimeGap[]} | null
  readonly energy: {readonly best: string; readonly others: readonly EnergyGap[]} | null
}

/** Mappings of one problem on one hierarchy side by side: what each costs, level by level, and why one wins. */
export function compareMappings(
  candidates: readonly [MappingCandidate, ...MappingCandidate[]],
  refused: readonly RefusedCandidate[] = [],
): MappingComparison {
  const {accelerator, problem} = candidates[0].mapped
  const fitting = candidates.flatMap(({name, mapped}) => (mapped.fits ? [{name, mapped}] : []))
  return {
    accelerator,
    problem,
    candidates: candidates.map(({name, mapped}) => ({name, ...mapped})),
    refused,
    levels: comparedLevels(candidates, fitting[0]?.mapped),
    tensors: comparedTensors(candidates, fitting[0]?.mapped),
    time: verdict(fitting, ({cycles}) => cycles, timeGap),
    energy: verdict(fitting, ({energyJoules}) => energyJoules, energyGap),
  }
}

interface FittingCandidate {
  readonly name: string
  readonly mapped: FittingMapping
}

/** The least of a cost, and the others in the order of it. */
function verdict<Gap>(
  fitting: readonly FittingCandidate[],
  costOf: (mapped: FittingMapping) => number,
  gap: (of: FittingCandidate, best: FittingMapping) => Gap,
): {best: string; others: Gap[]} | null {
  const [best, ...others] = fitting.toSorted((a, b) => costOf(a.mapped) - costOf(b.mapped))
  return best === undefined ? null : {best: best.name, others: others.map((other) => gap(other, best.mapped))}
}

function comparedLevels(candidates: readonly MappingCandidate[], first: FittingMapping | undefined): ComparedLevel[] {
  if (first === undefined) return []
  const each = (value: (mapped: FittingMapping) => number) => candidates.map(({mapped}) => (mapped.fits ? value(mapped) : null))
  const levels = first.levels.map(({name}, index) => ({
    level: name,
    joulesByCandidate: each((mapped) => mapped.levels[index]!.energyJoules),
    cyclesByCandidate: each((mapped) => mapped.levels[index]!.cycles),
    instanceCountByCandidate: each((mapped) => mapped.levels[index]!.instances),
  }))
  const arithmetic = {
    level: first.arithmetic.name,
    joulesByCandidate: each((mapped) => mapped.arithmetic.energyJoules),
    cyclesByCandidate: each((mapped) => mapped.arithmetic.cycles),
    instanceCountByCandidate: each((mapped) => mapped.arithmetic.instances),
  }
  return [...levels, arithmetic]
}

/** Tensors that no candidate keeps at a level are left out there. */
function comparedTensors(candidates: readonly MappingCandidate[], first: FittingMapping | undefined): ComparedTensor[] {
  return (first?.levels ?? []).flatMap(({name: level, tensors}, index) =>
    tensors.flatMap(({name: tensor}, t): ComparedTensor[] => {
      const at = ({levels}: FittingMapping): [LevelAnalysis, TensorTraffic] => [levels[index]!, levels[index]!.tensors[t]!]
      if (!candidates.some(({mapped}) => mapped.fits && at(mapped)[1].isKept)) return []
      const each = (value: (traffic: TensorTraffic) => number) =>
        candidates.map(({mapped}) => (mapped.fits ? at(mapped)[0].instances * value(at(mapped)[1]) : null))
      return [
        {
          level,
          tensor,
          joulesByCandidate: each(({energyJoules}) => energyJoules),
          readWordsByCandidate: each(({reads}) => reads),
          fillWordsByCandidate: each(({fills}) => fills),
          updateWordsByCandidate: each(({updates}) => updates),
        },
      ]
    }),
  )
}

function energyGap({name, mapped}: FittingCandidate, best: FittingMapping): EnergyGap {
  const moreJoules = mapped.energyJoules - best.energyJoules
  const parts = [...tensorCauses(mapped, best), arithmeticCause(mapped, best)].toSorted((a, b) => b.moreJoules - a.moreJoules)
  const causes: EnergyCause[] = []
  let covered = 0
  for (const cause of parts) {
    if (covered >= moreJoules / 2 || cause.moreJoules <= 0) break
    causes.push(cause)
    covered += cause.moreJoules
  }
  return {name, moreJoules, ratio: mapped.energyJoules / best.energyJoules, causes}
}

function tensorCauses(mapped: FittingMapping, best: FittingMapping): EnergyCause[] {
  return mapped.levels.flatMap((level, index) =>
    level.tensors.map((traffic, t): EnergyCause => {
      const bestLevel = best.levels[index]!
      const bestTraffic = bestLevel.tensors[t]!
      const words = wordKinds.map((kind) => ({
        kind,
        wordCount: level.instances * traffic[kind],
        bestWordCount: bestLevel.instances * bestTraffic[kind],
      }))
      const more = ({wordCount, bestWordCount}: (typeof words)[number]): number => wordCount - bestWordCount
      return {
        level: level.name,
        tensor: traffic.name,
        moreJoules: level.instances * traffic.energyJoules - bestLevel.instances * bestTraffic.energyJoules,
        words: words.reduce((most, each) => (more(each) > more(most) ? each : most)),
      }
    }),
  )
}

function arithmeticCause({arithmetic}: FittingMapping, best: FittingMapping): EnergyCause {
  return {level: arithmetic.name, tensor: null, moreJoules: arithmetic.energyJoules - best.arithmetic.energyJoules, words: null}
}

function timeGap({name, mapped}: FittingCandidate, best: FittingMapping): TimeGap {
  const {boundBy, cycles, arithmetic} = mapped
  const index = mapped.levels.findIndex((level) => level.name === boundBy)
  const level = mapped.levels[index]
  return {
    name,
    moreCycles: cycles - best.cycles,
    ratio: cycles / best.cycles,
    boundBy,
    bestCycles: best.levels[index]?.cycles ?? best.arithmetic.cycles,
    tensor: level === undefined ? null : busiest(level).name,
    instanceCount: level?.instances ?? arithmetic.instances,
    bestInstanceCount: best.levels[index]?.instances ?? best.arithmetic.instances,
  }
}

/** The tensor that moves the most words at a level. */
function busiest({tensors}: LevelAnalysis): TensorTraffic {
  const words = ({reads, fills, updates}: TensorTraffic): number => reads + fills + updates
  return tensors.reduce((most, each) => (words(each) > words(most) ? each : most))
}
