import type {AxisCodes, StoredAxis} from './axis-codes.js'
import type {ChunkMap} from './chunk-map.js'
import {type Filter, filterBounds, passes} from './filter.js'
import {snakeCase} from './names.js'
import type {PointColumn} from './point-columns.js'
import type {AxisChoice, ResolvedQuery} from './resolve-query.js'
import {type AxisValue, type SpaceColumnName, spaceText} from './space-definition.js'
import type {StoredSpace} from './store.js'

/** What the rows of one space have to meet in one stored column: to lie in a range or outside of it, or to be some of the codes. */
export interface RowTest {
  readonly name: string
  readonly lowestValue: number
  readonly highestValue: number
  readonly isOutside: boolean
  /** 1 for each wanted code, where rows are told by codes. */
  readonly wanted?: Uint8Array
}

/** What a query asks of the rows of a space, or nothing where none can meet it. */
export function rowTests(space: StoredSpace, codes: AxisCodes, query: ResolvedQuery): readonly RowTest[] | undefined {
  const tests: RowTest[] = []
  const claims = [...query.filters.map((filter) => filterTest(filter, space, codes)), ...query.among.map((each) => choiceTest(each, codes))]
  for (const claim of claims) {
    if (claim === 'never') return undefined
    if (claim !== 'always') tests.push(claim)
  }
  return tests
}

/** Whether a chunk may hold rows that pass, by what lies between its least and greatest value. */
export function mayPass({name, lowestValue, highestValue, isOutside}: RowTest, chunks: ChunkMap, place: number): boolean {
  const zone = chunks.zone(name)
  const [minimum, maximum] = [zone.minimum[place]!, zone.maximum[place]!]
  if (isOutside) return minimum < lowestValue || maximum > highestValue
  return maximum >= lowestValue && minimum <= highestValue
}

/** Takes out of `rows`, whose first `count` are looked at, those that fail; says how many are left. */
export function keepPassing(
  {name, lowestValue, highestValue, isOutside, wanted}: RowTest,
  chunks: ChunkMap,
  place: number,
  rows: Int32Array,
  count: number,
): number {
  const numbers = chunks.numbers(name, place)
  let kept = 0
  if (wanted !== undefined) {
    for (let i = 0; i < count; i++) if (wanted[numbers[rows[i]!]!] === 1) rows[kept++] = rows[i]!
    return kept
  }
  for (let i = 0; i < count; i++) {
    const number = numbers[rows[i]!]!
    const isInside = number >= lowestValue && number <= highestValue
    if (isOutside ? !isInside && !Number.isNaN(number) : isInside) rows[kept++] = rows[i]!
  }
  return kept
}

/** The stored axis of a column, where this space has it. */
export function storedAxis(column: PointColumn, codes: AxisCodes): StoredAxis | undefined {
  return codes.axes.find(({name}) => snakeCase(name) === column.sqlName)
}

type Claim = RowTest | 'always' | 'never'

function filterTest(filter: Filter, space: StoredSpace, codes: AxisCodes): Claim {
  const {column} = filter
  if (column.kind === 'space') return passes(spaceText(space.definition, column.name as SpaceColumnName), filter) ? 'always' : 'never'
  if (column.kind === 'metric') return rangeTest(column.name, filter)
  if (column.kind === 'bound') return codesTest('boundByIndex', space.definition.boundNames, (name) => passes(name, filter))
  const axis = storedAxis(column, codes)
  if (axis === undefined) return 'never'
  return axis.kind === 'level' ? levelTest(axis, (value) => passes(value, filter)) : rangeTest(axis.name, filter)
}

function choiceTest({column, values}: AxisChoice, codes: AxisCodes): Claim {
  const axis = storedAxis(column, codes)
  return axis === undefined ? 'never' : levelTest(axis, (value) => values.has(value))
}

function levelTest(
  {name, values}: {readonly name: string; readonly values: readonly AxisValue[]},
  isWanted: (value: AxisValue) => boolean,
): Claim {
  return values.every(isWanted) ? 'always' : codesTest(name, values, isWanted)
}

/** Values are compared once each, and their codes looked for in the rows. */
function codesTest(name: string, values: readonly AxisValue[], isWanted: (value: AxisValue) => boolean): Claim {
  const wanted = Uint8Array.from(values, (value) => (isWanted(value) ? 1 : 0))
  const lowestValue = wanted.indexOf(1)
  return lowestValue < 0 ? 'never' : {name, lowestValue, highestValue: wanted.lastIndexOf(1), isOutside: false, wanted}
}

/** What is not known passes no comparison. */
function rangeTest(name: string, {comparison, value}: Filter): Claim {
  const everything = {lowestValue: Number.NEGATIVE_INFINITY, highestValue: Number.POSITIVE_INFINITY}
  if (typeof value === 'string') return comparison === '!=' ? {name, ...everything, isOutside: false} : 'never'
  const {lowest: lowestValue, highest: highestValue} = filterBounds(value)
  switch (comparison) {
    case '=':
      return {name, lowestValue, highestValue, isOutside: false}
    case '!=':
      return {name, lowestValue, highestValue, isOutside: true}
    case '<':
      return {name, ...everything, lowestValue, isOutside: true}
    case '>=':
      return {name, ...everything, lowestValue, isOutside: false}
    case '<=':
      return {name, ...everything, highestValue, isOutside: false}
    case '>':
      return {name, ...everything, highestValue, isOutside: true}
  }
}
