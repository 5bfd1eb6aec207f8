import {type FrontScale, frontScale, hypervolumeRatio, scaledColumns} from '../frontier/hypervolume.js'
import {deepestRow} from '../frontier/knee.js'
import {largestObjectiveCount, type ObjectiveColumn} from '../frontier/pareto-front.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {baseDesign, refuseUnknownAxes} from '../sweep/base-design.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {type Objective, type ObjectiveRecord, objectiveRecord} from '../sweep/objective.js'
import {axesOf} from '../sweep/space-identity.js'
import type {Study} from '../sweep/study.js'
import {type DesignLimits, designLimits} from './design-limits.js'
import {type DesignUncertainty, frontUncertainty, rangelessAmong} from './front-uncertainty.js'
import {type CheaperDesign, nearestCheaper, nearestPoint, pointOf, type Saving} from './nearest-design.js'
import {studyAxes} from './run-sweep.js'
import {studyPoints, type WorkloadPoints} from './study-points.js'
import type {UsedFidelity} from './used-fidelity.js'
import {type WorkloadName, workloadGroups} from './workload-groups.js'

export interface FrontOptions {
  /** Values of axes of a design to show too: the nearest stored one that meets the constraints. */
  readonly at?: Readonly<Record<string, string>>
  /** For each shown design, the nearest one that saves this. */
  readonly saving?: Saving | undefined
  /** Samples over the ranges of the constants; none are drawn without it. */
  readonly samples?: number | undefined
}

/** Designs of a front that are compared sample by sample. */
const mostCompared = 64

/** A design, by what it is shown for. */
export interface ShownDesign {
  /** As "least latencySeconds", "knee", "asked for", "nearest to asked". */
  readonly names: readonly string[]
  readonly point: PointRow
  readonly limits: DesignLimits
  /** Null where none was asked for, or there is none. */
  readonly cheaper: CheaperDesign | null
  /** Null where no samples were asked for, or no constant moves. */
  readonly uncertainty: DesignUncertainty | null
}

export interface WorkloadFront extends WorkloadName {
  readonly fidelities: readonly UsedFidelity[]
  readonly pointCount: number
  /** Points that the study describes, where the store holds only some of them; else null. */
  readonly describedCount: number | null
  readonly feasibleCount: number
  readonly frontCount: number
  /** Objectives that vary, with their best and worst on the front. */
  readonly scale: FrontScale | null
  /** Share of the box between the front's ideal and 1.1 times its nadir that it dominates. */
  readonly hypervolumeRatio: number | null
  /** Designs of the front, evenly along it, that were compared sample by sample; null where none were, or no constant of any moves. */
  readonly comparedCount: number | null
  /** Accelerators of those designs of which no constant that acts on time or energy states a range; null where no samples were asked for. */
  readonly rangelessAccelerators: readonly string[] | null
  readonly designs: readonly ShownDesign[]
}

/** What a study's points say of the best designs of each workload. */
export interface FrontAnswer {
  readonly study: string
  readonly objectives: readonly ObjectiveRecord[]
  readonly axes: readonly {readonly name: string; readonly unit: string}[]
  readonly saving: (ObjectiveRecord & Pick<Saving, 'withinRatio'>) | null
  readonly workloads: readonly WorkloadFront[]
}

/** Fronts with their corners, knees and what limits them, and designs nearby that save something. */
export function frontAnswer(study: Study, store: Store, options: FrontOptions = {}): FrontAnswer {
  const {at = {}, saving} = options
  refuseUnknownAxes(study.spaces, at)
  const groups = workloadGroups(study)
  const workloads = studyPoints(study, store, 0).map((points, index) => workloadFront(study, store, groups[index]!, points, options))
  return {
    study: study.name,
    objectives: study.objectives.map(objectiveRecord),
    axes: studyAxes(study),
    saving: saving === undefined ? null : {...objectiveRecord(saving), withinRatio: saving.withinRatio},
    workloads,
  }
}

function workloadFront(
  study: Study,
  store: Store,
  spaces: readonly DesignSpace[],
  points: WorkloadPoints,
  {at = {}, saving, samples}: FrontOptions,
): WorkloadFront {
  const {workload, phase, settings, fidelities, pointCount, feasibleCount, feasible, front, describedCount} = points
  const onFront = [...front].map((index) => feasible[index]!)
  const known = study.objectives
    .slice(0, largestObjectiveCount)
    .filter(({name}) => onFront.some((point) => typeof point[name] === 'number'))
  const columns = known.map((objective) => columnOf(objective, onFront))
  const scale = columns.length === 0 ? undefined : frontScale(columns)
  const asked = Object.keys(at).length === 0 ? undefined : askedPoint(study, store, spaces, at)
  const named = [
    ...(scale === undefined ? [] : namedRows(known, columns, scale).map(({name, rowIndex}) => ({name, point: onFront[rowIndex]!}))),
    ...(asked === undefined ? [] : [asked]),
  ]
  const names = new Map<PointRow, string[]>()
  for (const {name, point} of named) names.set(point, [...(names.get(point) ?? []), name])
  const sited = [...names.keys()].map((point) => ({point, space: spaceOf(study, store, spaces, point)}))
  const others = samples === undefined ? [] : spread(onFront, mostCompared).filter((point) => !names.has(point))
  const compared = samples === undefined ? [] : [...sited, ...others.map((point) => ({point, space: spaceOf(study, store, spaces, point)}))]
  const rangeless = rangelessAmong(compared)
  const isFixed = compared.every(({space}) => rangeless.includes(space.accelerator.name))
  const uncertainty = samples === undefined || isFixed ? null : frontUncertainty(compared, known, samples)
  const designs = sited.map(({point, space}, index) => ({
    names: names.get(point)!,
    point,
    limits: designLimits(space, point, study.constraints),
    cheaper: saving === undefined ? null : nearestCheaper(study, store, space, point, saving),
    uncertainty: uncertainty?.designs[index] ?? null,
  }))
  return {
    workload,
    phase,
    settings,
    fidelities,
    pointCount,
    describedCount,
    feasibleCount,
    frontCount: onFront.length,
    scale: scale ?? null,
    hypervolumeRatio: scale === undefined ? null : hypervolumeRatio(columns, scale),
    comparedCount: uncertainty?.comparedCount ?? null,
    rangelessAccelerators: samples === undefined ? null : rangeless,
    designs,
  }
}

/** So many evenly among all. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  return all.length <= count ? all : Array.from({length: count}, (_, index) => all[Math.floor((index * all.length) / count)]!)
}

function columnOf({name, goal}: Objective, points: readonly PointRow[]): ObjectiveColumn {
  return {values: Float64Array.from(points, (point) => Number(point[name] ?? Number.NaN)), goal}
}

/** The best row in each objective, and the knee, which may be one of those; a front of one objective or one row has none. */
function namedRows(objectives: readonly Objective[], columns: readonly ObjectiveColumn[], scale: FrontScale) {
  const scaled = scaledColumns(columns, scale)
  const corners = objectives.map(({name, goal}, index) => ({
    name: `${goal === 'min' ? 'least' : 'most'} ${name}`,
    rowIndex: scaled[index]!.indexOf(0),
  }))
  const hasKnee = corners.length > 1 && scaled[0]!.length > 1
  return hasKnee ? [...corners, {name: 'knee', rowIndex: deepestRow(scaled)}] : corners
}

/** The stored design nearest to some values of axes, as described in the others where it can; only among spaces that have them all. */
function askedPoint(
  study: Study,
  store: Store,
  spaces: readonly DesignSpace[],
  at: Readonly<Record<string, string>>,
): {readonly name: string; readonly point: PointRow} | undefined {
  const names = Object.keys(at)
  const able = spaces.filter((space) => names.every((name) => axesOf(space).some((axis) => axis.name === name)))
  const found = able.flatMap((space) => {
    const design = baseDesign(space, at)
    const near = nearestPoint(study, store, space, design, {named: names})
    return near === undefined ? [] : [{...near, design}]
  })
  const [nearest] = found.toSorted((a, b) => a.distanceRatio - b.distanceRatio)
  if (nearest === undefined) return undefined
  const {point, design} = nearest
  return {name: names.every((name) => isAlike(point[name], design[name])) ? 'asked for' : 'nearest to asked', point}
}

/** Whether two values of an axis are one, rounding aside. */
function isAlike(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= 1e-9 * Math.abs(b) : a === b
}

/** The space that a point stands in: of its accelerator, and with the same results at the same place. */
function spaceOf(study: Study, store: Store, spaces: readonly DesignSpace[], point: PointRow): DesignSpace {
  const metrics = study.objectives.flatMap(({metric}) => metric ?? [])
  return spaces
    .filter((space) => space.accelerator.name === point['accelerator'])
    .find((space, index, able) => {
      if (index === able.length - 1) return true
      const same = pointOf(store, space, point)
      return same !== undefined && metrics.every((metric) => same[metric] === point[metric])
    })!
}
