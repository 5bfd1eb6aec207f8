import {deepestRow} from '../frontier/knee.js'
import {type Goal, largestObjectiveCount, type ObjectiveColumn, paretoFront} from '../frontier/pareto-front.js'
import type {PointRow} from '../store/space-reader.js'
import type {Objective} from '../sweep/objective.js'
import {objectiveTitle} from './figures/metric-title.js'
import type {WorkloadPoints} from './study-points.js'
import {fullName, type WorkloadName} from './workload-groups.js'

/** A result of designs: of one of their workloads, or of the design itself where all of them agree on it. */
export interface JointResult {
  /** Where a design keeps it. */
  readonly field: string
  readonly title: string
  /** The objective that it is of. */
  readonly objective: Objective
  readonly goal: Goal
  /** Undefined where it is the design's own. */
  readonly workloadIndex: number | undefined
}

/** A design, and its point of each workload. */
export interface JointDesign {
  readonly points: readonly PointRow[]
  /** By the field of each result; NaN where it is not known. */
  readonly results: Readonly<Record<string, number>>
}

/** Designs that serve several workloads, each with all of them, at the same values of every axis. */
export interface JointDesigns {
  /** What tells the workloads apart; one word where their phases do. */
  readonly workloads: readonly string[]
  readonly results: readonly JointResult[]
  readonly designs: readonly JointDesign[]
  /** Of each workload, whether all of its designs that meet the constraints were joined, or a sample. */
  readonly isWhole: boolean
  /** Indices of designs that no other beats in every result. */
  readonly front: Int32Array
}

/** Joins the points of workloads by accelerator and axes; a design that one of them can't have is left out. */
export function jointDesigns(
  workloads: readonly WorkloadPoints[],
  axisNames: readonly string[],
  objectives: readonly Objective[],
): JointDesigns {
  const keyOf = (row: PointRow): string => JSON.stringify(['accelerator', ...axisNames].map((name) => row[name] ?? null))
  const [first, ...others] = workloads.map(({feasible}) => feasible.filter((row) => row['latencySeconds'] !== null))
  const found = others.map((rows) => new Map(rows.map((row): [string, PointRow] => [keyOf(row), row])))
  const joined = (first ?? []).flatMap((row) => {
    const key = found.length === 0 ? '' : keyOf(row)
    const points = [row, ...found.flatMap((rows): PointRow[] => [rows.get(key)].filter((each) => each !== undefined))]
    return points.length === workloads.length ? [points] : []
  })
  const labels = workloadNames(workloads)
  const results = objectives.flatMap((objective) => resultsOf(objective, labels, joined))
  const designs = joined.map(
    (points): JointDesign => ({points, results: Object.fromEntries(results.map((each) => [each.field, resultOf(each, points)]))}),
  )
  return {
    workloads: labels,
    results,
    designs,
    isWhole: workloads.every(({feasible, feasibleCount}) => feasible.length === feasibleCount),
    front: frontOf(results, designs),
  }
}

/** The phases, where they differ; else whatever tells the workloads apart. */
export function workloadNames(workloads: readonly WorkloadName[]): string[] {
  const forms = [({phase}: WorkloadName) => phase, ({workload}: WorkloadName) => workload, ({settings}: WorkloadName) => settings, fullName]
  const names = forms.map((form) => workloads.map(form)).find((each) => new Set(each).size === workloads.length && !each.includes(''))
  return names ?? workloads.map((each, index) => `${fullName(each)} ${index + 1}`)
}

function resultsOf(objective: Objective, labels: readonly string[], joined: readonly (readonly PointRow[])[]): JointResult[] {
  const {name, goal} = objective
  const title = objectiveTitle(objective)
  const isOwn = joined.every(([point, ...others]) => others.every((other) => other[name] === point![name]))
  if (isOwn) return [{field: name, title, objective, goal, workloadIndex: undefined}]
  return labels.map((label, workloadIndex) => ({
    field: jointField(label, name),
    title: `${title} of ${label}`,
    objective,
    goal,
    workloadIndex,
  }))
}

/** "decode" and "latencySeconds" make "decodeLatencySeconds". */
export function jointField(label: string, name: string): string {
  const words = [...label.split(/[^a-z0-9]+/i).filter(Boolean), name]
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('')
}

function resultOf({objective, workloadIndex}: JointResult, points: readonly PointRow[]): number {
  return Number(points[workloadIndex ?? 0]![objective.name] ?? Number.NaN)
}

/** Results as columns, as many as a front may have; one that no design knows says nothing, and is left out. */
function columnsOf(results: readonly JointResult[], designs: readonly JointDesign[]): ObjectiveColumn[] {
  return results
    .map(({field, goal}): ObjectiveColumn => ({values: Float64Array.from(designs, (design) => design.results[field]!), goal}))
    .filter(({values}) => values.some((value) => !Number.isNaN(value)))
    .slice(0, largestObjectiveCount)
}

function frontOf(results: readonly JointResult[], designs: readonly JointDesign[]): Int32Array {
  const columns = columnsOf(results, designs)
  return columns.length === 0 ? new Int32Array(0) : paretoFront(columns)
}

/** A design of the front with what it is best at. */
export interface NamedDesign {
  readonly name: string
  readonly isKnee: boolean
  readonly design: JointDesign
}

/** The best of the front in each result, and its knee; a design that is several of these has all their names. */
export function namedDesigns({results, designs, front}: JointDesigns): NamedDesign[] {
  const onFront = [...front].map((index) => designs[index]!)
  if (onFront.length === 0) return []
  const knee = onFront[deepestRow(columnsOf(results, onFront).map(({values, goal}) => scaledColumn(values, goal)))]
  const names = new Map<JointDesign, string[]>()
  for (const {name, design} of results.flatMap((result) => cornerOf(result, onFront)))
    names.set(design, [...(names.get(design) ?? []), name])
  if (knee !== undefined) names.set(knee, [...(names.get(knee) ?? []), 'knee'])
  return [...names].map(([design, each]) => ({name: each.join(' and '), isKnee: design === knee, design}))
}

function cornerOf({field, title, goal}: JointResult, onFront: readonly JointDesign[]): Pick<NamedDesign, 'name' | 'design'>[] {
  const sign = goal === 'min' ? 1 : -1
  const known = onFront.filter(({results}) => !Number.isNaN(results[field]))
  if (known.length === 0) return []
  const design = known.reduce((best, each) => (sign * each.results[field]! < sign * best.results[field]! ? each : best))
  return [{name: `${goal === 'min' ? 'least' : 'most'} ${title.charAt(0).toLowerCase()}${title.slice(1)}`, design}]
}

/** 0 at the best of a column, 1 at its worst. */
function scaledColumn(values: ArrayLike<number>, goal: Goal): Float64Array {
  const all = Float64Array.from(values)
  const [low, high] = all.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity])
  const span = high - low
  return all.map((value) => (span === 0 ? 0 : goal === 'min' ? (value - low) / span : (high - value) / span))
}
