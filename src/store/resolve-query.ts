import {unknownName} from '../foundation/nearest-name.js'
import {type Filter, parseFilters} from './filter.js'
import {columnNamed, type PointColumn, pointColumns} from './point-columns.js'
import type {AxisValue} from './space-definition.js'
import type {Store, StoredSpace} from './store.js'

/** Which points to read; everything is optional. */
export interface PointQuery {
  /** Hash of one space, or its beginning. */
  readonly space?: string | undefined
  /** Comparisons as `latencySeconds < 10 ms and batch = 8`; all of them have to hold. */
  readonly where?: readonly string[] | undefined
  /** Values that an axis may take, by its name; a space that lacks the axis is left out. */
  readonly among?: Readonly<Record<string, readonly AxisValue[]>> | undefined
  /** Names of columns, the first decides first; `-latency` puts the largest first. Unknown values come last. */
  readonly sort?: readonly string[] | undefined
  readonly limit?: number | undefined
  /** Which columns, in which order; all of them unless told. */
  readonly columns?: readonly string[] | undefined
}

export interface Sort {
  readonly column: PointColumn
  readonly isDescending: boolean
}

/** The values that an axis may take. */
export interface AxisChoice {
  readonly column: PointColumn
  readonly values: ReadonlySet<AxisValue>
}

/** A query with its names resolved against a store. */
export interface ResolvedQuery {
  readonly spaces: readonly StoredSpace[]
  readonly columns: readonly PointColumn[]
  readonly filters: readonly Filter[]
  readonly among: readonly AxisChoice[]
  readonly sorts: readonly Sort[]
  readonly limit: number
}

/** Finds the spaces and columns that a query names. */
export function resolveQuery(store: Store, query: PointQuery): ResolvedQuery {
  return store.guard(() => {
    const spaces = chosenSpaces(store.spaces(), query.space)
    const all = pointColumns(store, spaces)
    const filters = (query.where ?? []).flatMap((text) => parseFilters(text, all))
    const among = Object.entries(query.among ?? {}).map(([name, values]) => ({column: columnNamed(name, all), values: new Set(values)}))
    const sorts = (query.sort ?? []).map((text) => sortOf(text, all))
    const columns = query.columns?.map((name) => columnNamed(name, all)) ?? all
    return {spaces, columns: [...new Set(columns)], filters, among, sorts, limit: query.limit ?? Number.POSITIVE_INFINITY}
  })
}

function sortOf(text: string, columns: readonly PointColumn[]): Sort {
  const isDescending = text.startsWith('-')
  return {column: columnNamed(isDescending ? text.slice(1) : text, columns), isDescending}
}

function chosenSpaces(spaces: readonly StoredSpace[], wanted: string | undefined): readonly StoredSpace[] {
  if (wanted === undefined) return spaces
  const chosen = wanted === '' ? [] : spaces.filter(({hash}) => hash.startsWith(wanted))
  if (chosen.length > 0) return chosen
  const hashes = spaces.map(({hash}) => hash.slice(0, 12))
  throw unknownName('space of the store', wanted, hashes, 'UNKNOWN_SPACE')
}
