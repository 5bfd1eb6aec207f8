import type {Column} from '../accelerator/machine.js'
import {unknownName} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {largestObjectiveCount, paretoFront} from '../frontier/pareto-front.js'
import type {Store} from '../store/store.js'
import type {Design} from '../sweep/base-design.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {metricObjective, type ObjectiveRecord, objectiveRecord} from '../sweep/objective.js'
import {bestOf, type RobustMeasure, rankedDesigns, regretRatio, robustScores} from '../sweep/robust-choice.js'
import {axesOf} from '../sweep/space-identity.js'
import type {Study} from '../sweep/study.js'
import {workloadNames} from './joint-designs.js'
import {namedObjective} from './named-objective.js'
import {studyAxes} from './run-sweep.js'
import {type DesignFamily, designFamilies} from './serving-designs.js'
import {fidelitiesOf, type UsedFidelity} from './used-fidelity.js'
import {groupNames, workloadGroups} from './workload-groups.js'

export interface ChoiceOptions {
  readonly by?: RobustMeasure
  /** The result to choose by; the study's first objective unless told. */
  readonly objective?: string | undefined
  /** How often each workload counts, by its name; once unless told. */
  readonly weights?: Readonly<Record<string, string>>
  /** Further axes that are part of the design: all workloads run at the same value. */
  readonly hold?: readonly string[] | undefined
  readonly limit?: number
}

/** What one design gives on one workload, at the settings that are best for it there. */
export interface ServedWorkload {
  readonly resultValue: number
  /** Of the result. */
  readonly unit: string
  /** Beyond the best design for this workload alone. */
  readonly regretRatio: number
  readonly settings: Design
}

export interface RobustDesign {
  readonly accelerator: string
  readonly design: Design
  readonly scoreValue: number
  /** Nothing for a regret, which is a share of the best result. */
  readonly scoreUnit: string
  readonly workloads: readonly ServedWorkload[]
  /** Whether no other design is better on one workload and no worse on the others. */
  readonly isOnFront: boolean
  readonly dieSquareMillimetres: number | null
  readonly deviceDollars: number | null
}

export interface StudyChoice {
  readonly study: string
  readonly by: RobustMeasure
  readonly objective: ObjectiveRecord
  /** What stands behind the results of each accelerator. */
  readonly fidelities: readonly UsedFidelity[]
  readonly axes: readonly {readonly name: string; readonly unit: string}[]
  readonly workloads: readonly {
    readonly name: string
    readonly weightValue: number
    readonly bestValue: number | null
    /** Of the best value. */
    readonly unit: string
  }[]
  /** Designs, and how many of them meet every constraint on every workload. */
  readonly designCount: number
  readonly servingCount: number
  /** Designs that no other beats on one workload without losing on another; null of more workloads than a front takes. */
  readonly frontCount: number | null
  /** The best first; of equally good ones the cheaper, then the smaller. */
  readonly designs: readonly RobustDesign[]
}

const ownResults = [metricObjective('dieSquareMillimetres', 'min'), metricObjective('deviceDollars', 'min')]
const defaults = {by: 'regret', limit: 5} as const

/** Chooses the design that serves all workloads of a study best. Parameters make a design; clocks, limits and passes are settings, free for each workload; of a sample, all is the design. */
export function studyChoice(study: Study, store: Store, options: ChoiceOptions = {}): StudyChoice {
  const {by = defaults.by, limit = defaults.limit} = options
  const objective = options.objective === undefined ? study.objectives[0]! : namedObjective(study, options.objective)
  const groups = workloadGroups(study)
  const names = workloadNames(groupNames(groups))
  const weights = weightsOf(names, by, options.weights ?? {})
  const families = designFamilies(study, store, groups, {objective, others: ownResults, isHeld: heldBy(study, options.hold ?? [])})
  const columns = names.map((_, index) => ({
    values: joined(families, ({results}) => results[index]!.values),
    weightValue: weights[index]!,
  }))
  const scores = robustScores(columns, objective.goal, by)
  const [areas, dollars] = ownResults.map((_, index) => joined(families, ({results}) => results[0]!.otherValues[index]!)) as [
    Column,
    Column,
  ]
  const front =
    columns.length > largestObjectiveCount ? undefined : new Set(paretoFront(columns.map(({values}) => ({values, goal: objective.goal}))))
  const bests = columns.map(({values}) => bestOf(values, objective.goal))
  const ranked = rankedDesigns(scores, by, (a, b) => knownFirst(dollars[a]!, dollars[b]!) || knownFirst(areas[a]!, areas[b]!))
  const {unit} = objective
  return {
    study: study.name,
    by,
    objective: objectiveRecord(objective),
    fidelities: fidelitiesOf(study.spaces),
    axes: studyAxes(study),
    workloads: names.map((name, index) => ({name, weightValue: weights[index]!, bestValue: known(bests[index]!), unit})),
    designCount: families.reduce((sum, {describedCount}) => sum + describedCount, 0),
    servingCount: ranked.length,
    frontCount: front?.size ?? null,
    designs: [...ranked.subarray(0, limit)].map((index) => {
      const {family, design} = placeOf(families, index)
      return {
        accelerator: family.accelerator,
        design: family.designAt(design),
        scoreValue: scores[index]!,
        scoreUnit: by === 'regret' ? '' : unit,
        workloads: family.results.map(({values, settingsAt}, workload) => ({
          resultValue: values[design]!,
          unit,
          regretRatio: regretRatio(values[design]!, bests[workload]!, objective.goal),
          settings: settingsAt(design),
        })),
        isOnFront: front?.has(index) ?? false,
        dieSquareMillimetres: known(areas[index]!),
        deviceDollars: known(dollars[index]!),
      }
    }),
  }
}

function weightsOf(names: readonly string[], by: RobustMeasure, asked: Readonly<Record<string, string>>): number[] {
  if (by !== 'weighted' && Object.keys(asked).length > 0)
    throw misused(`the ${by} of several workloads has no weights`, 'add --by weighted, or leave --weight out')
  for (const name of Object.keys(asked)) if (!names.includes(name)) throw unknownName('workload of this study', name, names)
  const weights = names.map((name) => Number(asked[name] ?? 1))
  if (weights.every((weight) => weight >= 0 && Number.isFinite(weight)) && weights.some((weight) => weight > 0)) return weights
  throw misused('weights are numbers from 0 on, and one of them is more', 'write them as in --weight decode=3')
}

function misused(message: string, suggestion: string): UserError {
  return new UserError(message, {code: 'USAGE', exitCode: exitCodes.usage, suggestions: [suggestion]})
}

/** Parameters of the accelerator make a design, and what is held besides. */
function heldBy({spaces}: Study, hold: readonly string[]): (name: string) => boolean {
  const axes = [...new Set(spaces.flatMap((space: DesignSpace) => axesOf(space).map(({name}) => name)))]
  for (const name of hold) if (!axes.includes(name)) throw unknownName('axis of this study', name, axes)
  const parameters = new Set(spaces.flatMap(({accelerator}) => [...accelerator.parameters.symbols.keys()]))
  return (name) => parameters.has(name) || hold.includes(name)
}

/** A column of all families, one after another. */
function joined(families: readonly DesignFamily[], columnOf: (family: DesignFamily) => Column): Column {
  const values = new Float64Array(families.reduce((sum, {designCount}) => sum + designCount, 0))
  let first = 0
  for (const family of families) {
    values.set(columnOf(family), first)
    first += family.designCount
  }
  return values
}

function placeOf(families: readonly DesignFamily[], index: number): {family: DesignFamily; design: number} {
  let design = index
  for (const family of families) {
    if (design < family.designCount) return {family, design}
    design -= family.designCount
  }
  throw new RangeError(`design ${index}`)
}

/** The less first, what is not known last. */
function knownFirst(a: number, b: number): number {
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || a - b || 0
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
