import {metricNamed, metricNames, metrics, metricWords} from '../cost/metrics.js'
import {nearestName, nearestNames} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {snakeCase} from './names.js'
import {isLevel, spaceColumnNames} from './space-definition.js'
import type {Store, StoredSpace} from './store.js'

/** A column that every reader of points may name. */
export interface PointColumn {
  readonly name: string
  /** The name in SQL and CSV. */
  readonly sqlName: string
  readonly unit: string
  readonly kind: 'space' | 'axis' | 'metric' | 'bound'
  /** Texts where any value of it is a text. */
  readonly type: 'number' | 'text'
  readonly meaning: string
}

const spaceMeanings: Readonly<Record<(typeof spaceColumnNames)[number], string>> = {
  accelerator: 'the machine',
  workload: 'what runs on it',
  phase: 'which pass of the workload',
  settings: 'what all points of a space fix of the pass',
  fidelity: 'which cost model',
  modelVersion: 'version of the cost model',
}

/** The columns of the points of some spaces: what the space is, its axes, its metrics. */
export function pointColumns(store: Store, spaces: readonly StoredSpace[] = store.spaces()): readonly PointColumn[] {
  const columns: PointColumn[] = spaceColumnNames.map((name) => {
    return {name, sqlName: snakeCase(name), unit: '', kind: 'space', type: 'text', meaning: spaceMeanings[name]}
  })
  columns.push(...axisColumns(store, spaces))
  for (const name of metricNames) {
    columns.push({name, sqlName: snakeCase(name), unit: metrics[name].unit, kind: 'metric', type: 'number', meaning: metrics[name].meaning})
    if (name !== 'boundByIndex') continue
    columns.push({
      name: 'boundBy',
      sqlName: 'bound_by',
      unit: '',
      kind: 'bound',
      type: 'text',
      meaning: 'name of what bounds most of the time',
    })
  }
  return columns
}

function axisColumns(store: Store, spaces: readonly StoredSpace[]): readonly PointColumn[] {
  const hasText = store.database
    .prepare("SELECT EXISTS (SELECT 1 FROM axis_values WHERE space_id = ? AND axis_index = ? AND typeof(value) = 'text')")
    .pluck()
  const columns = new Map<string, PointColumn>()
  for (const {id, definition} of spaces) {
    for (const [axisIndex, {name, unit, kind}] of definition.axes.entries()) {
      const known = columns.get(snakeCase(name))
      const isText = isLevel(kind) && hasText.get(id, axisIndex) === 1
      const type = known?.type === 'text' || isText ? 'text' : 'number'
      columns.set(snakeCase(name), {
        name: known?.name ?? name,
        sqlName: snakeCase(name),
        unit: known?.unit ?? unit,
        kind: 'axis',
        type,
        meaning: 'axis of the sweep',
      })
    }
  }
  return [...columns.values()]
}

/** Of columns that are not it, so many are named. */
const mostNear = 5

/** The column that a person means: by its name, its name in SQL, its short name (`cost`), or the beginning that is its alone. */
export function columnNamed(written: string, columns: readonly PointColumn[]): PointColumn {
  const wanted = snakeCase(written)
  const exact = columns.find(({sqlName}) => sqlName === wanted) ?? columns.find(({name}) => name === metricNamed(written))
  if (exact !== undefined) return exact
  const beginning = columns.filter(({sqlName}) => sqlName.startsWith(`${wanted}_`))
  if (beginning.length === 1) return beginning[0]!
  const known = [...columns.map(({name}) => name), ...metricWords.filter((word) => !columns.some(({name}) => name === word))]
  const nearest = nearestName(written, known)
  throw new UserError(`"${written}" is not a known column of the points`, {
    code: 'UNKNOWN_COLUMN',
    suggestions: [
      nearest === undefined
        ? 'named expressions of a study are not stored: write them out in --sql, as in `select energy_joules * latency_seconds from points_by_name`'
        : `did you mean ${nearest}`,
      `near to it: ${nearestNames(written, known, mostNear).join(', ')}; --describe lists all columns`,
    ],
  })
}
