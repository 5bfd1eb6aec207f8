import {type Metric, metricNames} from '../cost/metrics.js'
import {type Goal, paretoFront} from '../frontier/pareto-front.js'
import {queryPoints} from '../store/query.js'
import {spaceHash} from '../store/space-definition.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {constraintColumn} from '../sweep/constraint.js'
import {axesOf, spaceIdentity} from '../sweep/space-identity.js'
import type {DesignSpace, Objective, Study} from '../sweep/study.js'

/** How many designs a constraint turns away: of all points, and those that no other constraint turns away. */
export interface ConstraintCount {
  readonly text: string
  readonly removedCount: number
  readonly removedAloneCount: number
}

/** The points of one workload of a study, over all its accelerators. */
export interface WorkloadPoints {
  readonly workload: string
  readonly phase: string
  readonly pointCount: number
  /** Points that meet every constraint. */
  readonly feasible: readonly PointRow[]
  readonly constraints: readonly ConstraintCount[]
  /** Indices into `feasible`, best in the first objective first. */
  readonly front: Int32Array
}

/** Reads a study's points back from its store, workload by workload, with what its constraints remove and the front that remains. */
export function studyPoints(study: Study, store: Store): WorkloadPoints[] {
  const groups = new Map<string, DesignSpace[]>()
  for (const space of study.spaces) {
    const key = JSON.stringify([space.model.name, space.pass])
    groups.set(key, [...(groups.get(key) ?? []), space])
  }
  return [...groups.values()].map((spaces) => workloadPoints(study, store, spaces))
}

function workloadPoints(study: Study, store: Store, spaces: readonly DesignSpace[]): WorkloadPoints {
  const [{model, pass}] = spaces as [DesignSpace]
  const rows = spaces.flatMap((space) => spaceRows(store, space))
  const verdicts = study.constraints.map((constraint) => {
    const columns = new Map(
      constraint.expression.dependsOn.map((name) => [name, Float64Array.from(rows, (row) => Number(row[name] ?? Number.NaN))]),
    )
    return constraintColumn(constraint, (name) => columns.get(name)!, rows.length)(rows.length)
  })
  const failures = rows.map((_, row) => verdicts.reduce((count, verdict) => count + (verdict[row] === 1 ? 0 : 1), 0))
  const feasible = rows.filter((_, row) => failures[row] === 0)
  return {
    workload: model.name,
    phase: String(pass.phase ?? 'prefill'),
    pointCount: rows.length,
    feasible,
    constraints: study.constraints.map(({text}, index) => ({
      text,
      removedCount: rows.filter((_, row) => verdicts[index]![row] !== 1).length,
      removedAloneCount: rows.filter((_, row) => verdicts[index]![row] !== 1 && failures[row] === 1).length,
    })),
    front: frontOf(feasible, study.objectives),
  }
}

/** The front of rows; an objective that no row knows says nothing and is left out of it. */
export function frontOf(rows: readonly PointRow[], objectives: readonly Objective[]): Int32Array {
  const columns = objectives.map(({metric, goal}) => ({values: columnOf(rows, metric), goal: goal as Goal}))
  const known = columns.filter(({values}) => values.some((value) => !Number.isNaN(value)))
  return known.length === 0 ? new Int32Array(0) : paretoFront(known)
}

function columnOf(rows: readonly PointRow[], metric: Metric): Float64Array {
  return Float64Array.from(rows, (row) => (typeof row[metric] === 'number' ? row[metric] : Number.NaN))
}

/** The study's own points of a space: a store may hold more values of an axis than the study names. */
function spaceRows(store: Store, space: DesignSpace): PointRow[] {
  const axes = axesOf(space)
  const columns = ['accelerator', 'workload', 'phase', 'boundBy', ...axes.map(({name}) => name), ...metricNames]
  const wanted = axes.map(({name, values}) => ({
    name,
    values: new Set<unknown>(values.map((value) => (typeof value === 'boolean' ? String(value) : value))),
  }))
  const rows: PointRow[] = []
  for (const row of queryPoints(store, {space: spaceHash(spaceIdentity(space)), columns}).rows) {
    if (wanted.every(({name, values}) => values.has(row[name]))) rows.push(row)
  }
  return rows
}
