import type {Database} from 'better-sqlite3'
import {type PointColumn, pointColumns} from './point-columns.js'
import {PointScan} from './point-scan.js'
import type {Cell} from './space-reader.js'
import type {Store} from './store.js'

const hashColumn = 'space_hash'

/** The columns of the table of points that SQL sees. */
export function pointsTableColumns(columns: readonly PointColumn[]): readonly string[] {
  return [...columns.map(({sqlName}) => sqlName), hashColumn]
}

/** Gives a connection the table `points_by_name` of all points, with their axes as columns: those whose names stand in the SQL. */
export function addPointsTable(database: Database, store: Store, sql: string): void {
  const words = sql.toLowerCase()
  const isNamed = (name: string): boolean => mayNameAll(words) || words.includes(name)
  const columns = pointColumns(store).filter(({sqlName}) => isNamed(sqlName))
  const query = {spaces: store.spaces(), columns, filters: [], among: [], sorts: [], limit: Number.POSITIVE_INFINITY}
  database.table('points_by_name', {
    columns: [...pointsTableColumns(columns)],
    *rows() {
      const cells: Cell[] = new Array(columns.length + 1).fill(null)
      for (const {reader, chunkIndex, rows} of new PointScan(store, query).chunks()) {
        cells[columns.length] = reader.space.hash
        const readers = columns.map((column) => store.guard(() => reader.cells(column, chunkIndex)))
        for (let row = 0; row < rows.length; row++) {
          for (let i = 0; i < readers.length; i++) cells[i] = readers[i]!(row)
          yield cells
        }
      }
    },
  })
}

/** Whether SQL in small letters may mean columns that it does not name: a `*` in chunkIndex of a name, a natural join, or a comment between. */
function mayNameAll(words: string): boolean {
  return /(?:\b(?:select|distinct|all|returning)|[,.])\s*\*|\bnatural\b|--|\/\*/.test(words)
}
