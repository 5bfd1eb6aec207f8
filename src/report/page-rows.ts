import type {Cell} from './table.js'

/** Rows as columns, each distinct text once: a third of the size of the same rows as objects. */
export interface PageRows {
  readonly rowCount: number
  readonly columns: Readonly<Record<string, PageColumn>>
}

/** Values in row order, or their indices among the distinct ones where that is shorter; `null` where a row has none. */
export type PageColumn = {readonly values: readonly Cell[]} | {readonly distinct: readonly Cell[]; readonly indices: readonly number[]}

/** Packs the named fields of rows for a page. */
export function pageRows(rows: readonly Readonly<Record<string, Cell>>[], fields: readonly string[]): PageRows {
  return {
    rowCount: rows.length,
    columns: Object.fromEntries(fields.map((field) => [field, pageColumn(rows.map((row) => row[field] ?? null))])),
  }
}

function pageColumn(values: readonly Cell[]): PageColumn {
  const indexOf = new Map<Cell, number>()
  for (const value of values) if (!indexOf.has(value)) indexOf.set(value, indexOf.size)
  if (indexOf.size > values.length / 4) return {values}
  return {distinct: [...indexOf.keys()], indices: values.map((value) => indexOf.get(value)!)}
}
