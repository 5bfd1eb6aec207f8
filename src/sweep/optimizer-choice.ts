import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import type {SpecSource} from '../spec/yaml-source.js'
import {atPlace} from './at-place.js'
import {isOptimizerKind, type OptimizerKind, optimizerKinds} from './optimizers/optimizers.js'
import {checkOption} from './optimizers/options.js'

/** How a study is searched, in place of evaluating all of it. */
export interface OptimizerChoice {
  readonly kind: OptimizerKind
  /** Different designs to evaluate: a number, or a share of all. */
  readonly evaluations: {readonly kind: 'number'; readonly evaluationCount: number} | {readonly kind: 'share'; readonly ratio: number}
  readonly seed: number
  /** Of the optimizer, by name. */
  readonly options: Readonly<Record<string, number>>
}

/** An optimizer as a study or its reader writes it. */
export interface RawOptimizer {
  readonly kind?: string | undefined
  readonly evaluations?: string | number | undefined
  readonly seed?: number | undefined
  readonly [option: string]: string | number | undefined
}

const usualSeed = 1
/** Of a space among others that would have fewer: enough to see how its designs compare. */
const leastPerSpaceCount = 10

/** The optimizer of a study, with what its reader says in place of it; undefined where neither names any. No share of an endless study is a number. */
export function readOptimizer(
  source: SpecSource,
  written: RawOptimizer | undefined,
  said: RawOptimizer,
  isEndless: boolean,
): OptimizerChoice | undefined {
  const raw = mergedOptimizer(written, said)
  if (raw === undefined) return undefined
  return optimizerChoice(raw, isEndless, (field, read) =>
    said[field] === undefined && written?.[field] !== undefined ? atPlace(source, `/optimizer/${field}`, read) : read(),
  )
}

/** Options stay with the optimizer that they are of. */
function mergedOptimizer(written: RawOptimizer | undefined, said: RawOptimizer): RawOptimizer | undefined {
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return written
  const isOther = said.kind !== undefined && written !== undefined && said.kind !== written.kind
  return isOther ? {evaluations: written.evaluations, seed: written.seed, ...given} : {...written, ...given}
}

/** Reads an optimizer; `at` puts what is wrong with a field in its place. */
function optimizerChoice(raw: RawOptimizer, isEndless: boolean, at: <T>(field: string, read: () => T) => T): OptimizerChoice {
  const {kind, evaluations, seed = usualSeed, ...options} = raw
  const known = at('kind', () => knownKind(kind))
  for (const [name, value] of Object.entries(options)) at(name, () => checkOption(known, name, Number(value)))
  return {
    kind: known,
    evaluations: at('evaluations', () => evaluationsOf(evaluations, isEndless)),
    seed: at('seed', () => seedOf(seed)),
    options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, Number(value)])),
  }
}

/**
 * Evaluations of each space of a study: in proportion to its designs, but ten at least; as many for each space where some are without number.
 */
export function evaluationCounts({evaluations}: OptimizerChoice, pointCounts: readonly number[]): number[] {
  const all = pointCounts.reduce((sum, count) => sum + count, 0)
  const total = evaluations.kind === 'number' ? evaluations.evaluationCount : Math.max(1, Math.round(evaluations.ratio * all))
  if (!Number.isFinite(all)) return evenCounts(total, pointCounts)
  const least = pointCounts.map((count) => Math.min(count, leastPerSpaceCount, Math.floor(total / pointCounts.length)))
  const rest = total - least.reduce((sum, count) => sum + count, 0)
  const leftCount = all - least.reduce((sum, count) => sum + count, 0)
  const weights = pointCounts.map((count, index) => (count - least[index]!) / Math.max(1, leftCount))
  let [weightSum, givenCount] = [0, 0]
  return pointCounts.map((pointCount, index) => {
    weightSum += weights[index]!
    const count = Math.round(rest * weightSum) - givenCount
    givenCount += count
    return Math.min(pointCount, least[index]! + count)
  })
}

/** As many each, what small spaces leave over going to the others. */
function evenCounts(total: number, pointCounts: readonly number[]): number[] {
  const counts = pointCounts.map(() => 0)
  let restCount = total
  const smallestFirst = [...pointCounts.keys()].sort((a, b) => pointCounts[a]! - pointCounts[b]! || a - b)
  for (const [place, index] of smallestFirst.entries()) {
    counts[index] = Math.min(pointCounts[index]!, Math.floor(restCount / (pointCounts.length - place)))
    restCount -= counts[index]!
  }
  return counts
}

function knownKind(kind: string | undefined): OptimizerKind {
  if (kind === undefined)
    throw new UserError('nothing says which optimizer searches', {
      code: 'BAD_VALUE',
      suggestions: [
        `add --optimizer, one of ${optimizerKinds.join(', ')}`,
        'or write it in the study, as in `optimizer: {kind: nsga-2, evaluations: 1 %}`',
      ],
    })
  if (!isOptimizerKind(kind)) throw unknownName('optimizer', kind, optimizerKinds)
  return kind
}

function evaluationsOf(written: string | number | undefined, isEndless: boolean): OptimizerChoice['evaluations'] {
  const text = String(written ?? '').trim()
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]
  if (percent !== undefined && isEndless)
    throw new UserError('a share of infinitely many designs is no number of evaluations', {
      code: 'BAD_VALUE',
      suggestions: ['write how many designs to evaluate, as in 5000', 'or give every axis levels'],
    })
  if (percent !== undefined && Number(percent) > 0 && Number(percent) <= 100) return {kind: 'share', ratio: Number(percent) / 100}
  if (/^\d+$/.test(text) && Number(text) > 0) return {kind: 'number', evaluationCount: Number(text)}
  const message =
    written === undefined
      ? 'nothing says how many designs an optimizer may evaluate'
      : `"${text}" is neither a number of evaluations nor a share of all designs`
  throw new UserError(message, {
    code: 'BAD_VALUE',
    suggestions: [
      'write a whole number above 0, as in 5000, or a share up to 100 %, as in 1 %: --evaluations, or evaluations of the optimizer in the study',
    ],
  })
}

function seedOf(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new UserError(`${seed} is no seed`, {code: 'BAD_VALUE', suggestions: ['write a whole number from 0']})
}
