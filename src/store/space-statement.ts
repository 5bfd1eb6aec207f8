import {type Metric, metricNames} from '../cost/metrics.js'
import type {AxisCodes} from './axis-codes.js'
import {type Filter, filterBounds, passes} from './filter.js'
import {snakeCase} from './names.js'
import type {PointColumn} from './point-columns.js'
import type {AxisChoice, ResolvedQuery} from './resolve-query.js'
import type {AxisValue, SpaceColumnName} from './space-definition.js'
import type {SqlParameter, SqlPart} from './sql-part.js'
import type {StoredSpace} from './store.js'

export interface SpaceStatement extends SqlPart {
  /** The metrics that are read after the key, in this order; the sort keys follow. */
  readonly metrics: readonly Metric[]
}

/** What a row has to meet, or that every row or none does. */
type Condition = SqlPart | 'always' | 'never'

/** The statement that reads one space, or nothing where the filters leave none of it. */
export function spaceStatement(space: StoredSpace, codes: AxisCodes, query: ResolvedQuery): SpaceStatement | undefined {
  const conditions: SqlPart[] = []
  const claims = [
    ...query.filters.map((filter) => conditionOf(filter, space, codes)),
    ...query.among.map((choice) => choiceCondition(choice, codes)),
  ]
  for (const condition of claims) {
    if (condition === 'never') return undefined
    if (condition !== 'always') conditions.push(condition)
  }
  if (query.keysOfSpace !== undefined) {
    const keys = JSON.stringify(query.keysOfSpace.get(space.id) ?? [])
    conditions.push({text: 'point_key IN (SELECT value FROM json_each(?))', parameters: [keys]})
  }
  const wanted = new Set(query.columns.map(({kind, name}) => (kind === 'bound' ? 'boundByIndex' : name)))
  const read = metricNames.filter((name) => wanted.has(name))
  const sorts = query.sorts.map(({column}) => sortExpression(column, space, codes))
  const selected = ['point_key', ...read.map(snakeCase), ...sorts.map(({text}, i) => `${text} AS sort_${i}`)]
  const order = query.sorts.map(({isDescending}, i) => `sort_${i} IS NULL, sort_${i}${isDescending ? ' DESC' : ''}, `).join('')
  const where = ['space_id = ?', ...conditions.map(({text}) => text)].join(' AND ')
  return {
    metrics: read,
    text: `SELECT ${selected.join(', ')} FROM points WHERE ${where} ORDER BY ${order}point_key LIMIT ?`,
    parameters: [
      ...sorts.flatMap(({parameters}) => parameters),
      space.id,
      ...conditions.flatMap(({parameters}) => parameters),
      Number.isFinite(query.limit) ? query.limit : -1,
    ],
  }
}

/** The stored axis of a column, where this space has it. */
export function storedAxis(column: PointColumn, codes: AxisCodes) {
  const axisIndex = codes.axes.findIndex(({name}) => snakeCase(name) === column.sqlName)
  return axisIndex < 0 ? undefined : {axisIndex, ...codes.axes[axisIndex]!}
}

function conditionOf(filter: Filter, space: StoredSpace, codes: AxisCodes): Condition {
  const {column} = filter
  if (column.kind === 'space') return passes(space.definition[column.name as SpaceColumnName], filter) ? 'always' : 'never'
  if (column.kind === 'metric') return metricCondition(filter)
  if (column.kind === 'bound') return amongIndices('bound_by_index', [], space.definition.boundNames, (name) => passes(name, filter))
  const axis = storedAxis(column, codes)
  return axis === undefined ? 'never' : amongCodes(axis, (value) => passes(value, filter))
}

function choiceCondition({column, values}: AxisChoice, codes: AxisCodes): Condition {
  const axis = storedAxis(column, codes)
  return axis === undefined ? 'never' : amongCodes(axis, (value) => values.has(value))
}

function amongCodes(axis: NonNullable<ReturnType<typeof storedAxis>>, isWanted: (value: AxisValue) => boolean): Condition {
  if (axis.values.every(isWanted)) return 'always'
  return amongIndices('((point_key >> ?) & ?)', [axis.keyShift, 2 ** axis.bitCount - 1], axis.values, isWanted)
}

function metricCondition(filter: Filter): Condition {
  const {column, comparison, value} = filter
  if (typeof value === 'string') return comparison === '!=' ? {text: `${column.sqlName} IS NOT NULL`, parameters: []} : 'never'
  const {lowest, highest} = filterBounds(value)
  switch (comparison) {
    case '=':
      return {text: `${column.sqlName} BETWEEN ? AND ?`, parameters: [lowest, highest]}
    case '!=':
      return {text: `${column.sqlName} NOT BETWEEN ? AND ?`, parameters: [lowest, highest]}
    case '<':
    case '>=':
      return {text: `${column.sqlName} ${comparison} ?`, parameters: [lowest]}
    case '<=':
    case '>':
      return {text: `${column.sqlName} ${comparison} ?`, parameters: [highest]}
  }
}

/** Values are compared once each, and their indices looked for in the rows. */
function amongIndices(
  expression: string,
  parameters: readonly SqlParameter[],
  values: readonly AxisValue[],
  isWanted: (value: AxisValue) => boolean,
): Condition {
  const indices: number[] = []
  for (const [index, value] of values.entries()) if (isWanted(value)) indices.push(index)
  if (indices.length === 0) return 'never'
  return {text: `${expression} IN (SELECT value FROM json_each(?))`, parameters: [...parameters, JSON.stringify(indices)]}
}

function sortExpression(column: PointColumn, space: StoredSpace, codes: AxisCodes): SqlPart {
  if (column.kind === 'metric') return {text: column.sqlName, parameters: []}
  if (column.kind === 'space') return {text: '?', parameters: [space.definition[column.name as SpaceColumnName]]}
  if (column.kind === 'bound') {
    const text = '(SELECT value FROM json_each(?) WHERE key = bound_by_index)'
    return {text, parameters: [JSON.stringify(space.definition.boundNames)]}
  }
  const axis = storedAxis(column, codes)
  if (axis === undefined) return {text: 'NULL', parameters: []}
  return {
    text: `(SELECT value FROM axis_values AS v
      WHERE v.space_id = points.space_id AND v.axis_index = ? AND v.code = ((point_key >> ?) & ?))`,
    parameters: [axis.axisIndex, axis.keyShift, 2 ** axis.bitCount - 1],
  }
}
