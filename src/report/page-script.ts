import type {PageRows} from './page-rows.js'
import type {Cell, Column} from './table.js'
import type {Unit, UnitName} from './unit.js'

/** What the page needs to draw one figure. */
export interface PageFigure {
  readonly name: string
  readonly spec: unknown
  readonly renderer: 'svg' | 'canvas'
  /** Where the figure's brush filters a table. */
  readonly table?: PageTable
}

export interface PageTable {
  readonly columns: readonly Column[]
  /** What the table is sorted by at first. */
  readonly sortField: string
  readonly rows: PageRows
  /** The figure's dataset, and which rows it holds: those that are drawn. */
  readonly dataset: string
  readonly drawnRows: readonly number[]
}

export interface PageData {
  readonly figures: readonly PageFigure[]
  readonly configs: {readonly light: unknown; readonly dark: unknown}
  readonly fontFamily: string
  readonly units: Readonly<Record<UnitName, Unit>>
  readonly rowLimitCount: number
}

type Row = Readonly<Record<string, Cell>>
type Brush = Readonly<Record<string, readonly [number, number]>>

interface EmbeddedView {
  addSignalListener(name: string, listener: (name: string, value: Brush) => void): void
  finalize(): void
}

type Embed = (element: Element, spec: unknown, options: object) => Promise<{readonly view: EmbeddedView}>
type QuantityText = (value: number, unit: Unit) => string

/** Draws the page's figures and keeps brushed tables in step. Runs in the reader's browser from its own source, so it uses nothing outside itself. */
export function runPage(page: PageData, embed: Embed, quantityText: QuantityText): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const drawn: {view: EmbeddedView}[] = []

  function cellText(value: unknown, column: Column): string {
    if (typeof value === 'boolean') return value ? 'yes' : 'no'
    if (typeof value === 'number')
      return quantityText(value, typeof column.unit === 'object' ? column.unit : page.units[column.unit ?? 'count'])
    return value === null || value === undefined ? '' : String(value)
  }

  function unpackedRows({rowCount, columns}: PageRows): Row[] {
    const fields = Object.entries(columns).map(([field, column]) => {
      const valueAt = 'values' in column ? (row: number) => column.values[row] : (row: number) => column.distinct[column.indices[row] ?? 0]
      return {field, valueAt}
    })
    return Array.from({length: rowCount}, (_, row) => Object.fromEntries(fields.map(({field, valueAt}) => [field, valueAt(row) ?? null])))
  }

  /** Filled cells before empty ones, numbers by size, texts by letter. */
  function comparison(left: Cell | undefined, right: Cell | undefined, sign: number): number {
    const isEmpty = (cell: Cell | undefined): boolean => cell === null || cell === undefined
    if (isEmpty(left) || isEmpty(right)) return Number(isEmpty(left)) - Number(isEmpty(right))
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right)
    return sign * String(left).localeCompare(String(right))
  }

  function brushedTable({name, table}: PageFigure, rows: readonly Row[]): (brush: Brush) => void {
    const holder = document.querySelector(`[data-table="${name}"]`)
    if (table === undefined || holder === null) return () => {}
    const state: {field: string; descending: boolean; brush: Brush} = {field: table.sortField, descending: false, brush: {}}
    const status = holder.querySelector('[role=status]')
    const body = holder.querySelector('tbody')
    const headers = [...holder.querySelectorAll('th')]

    function show(): void {
      const limits = Object.entries(state.brush)
      const inside = rows.filter((row) =>
        limits.every(([field, [from, to]]) => Number(row[field]) >= Math.min(from, to) && Number(row[field]) <= Math.max(from, to)),
      )
      inside.sort((a, b) => comparison(a[state.field], b[state.field], state.descending ? -1 : 1))
      const shown = inside.slice(0, page.rowLimitCount)
      const count = (n: number): string => n.toLocaleString('en-US')
      const cut = shown.length < inside.length ? `, the first ${count(shown.length)} shown` : ''
      const hint = limits.length === 0 ? ' (drag over the figure to choose)' : ''
      if (status !== null) status.textContent = `${count(inside.length)} of ${count(rows.length)} points${cut}${hint}`
      body?.replaceChildren(
        ...shown.map((row) => {
          const line = document.createElement('tr')
          for (const column of table?.columns ?? []) {
            const cell = document.createElement('td')
            cell.textContent = cellText(row[column.field], column)
            if (typeof row[column.field] === 'number') cell.className = 'number'
            line.append(cell)
          }
          return line
        }),
      )
      for (const [index, header] of headers.entries()) {
        const isSorted = table?.columns[index]?.field === state.field
        header.setAttribute('aria-sort', isSorted ? (state.descending ? 'descending' : 'ascending') : 'none')
      }
    }

    for (const [index, header] of headers.entries()) {
      header.querySelector('button')?.addEventListener('click', () => {
        const field = table.columns[index]?.field ?? state.field
        state.descending = field === state.field && !state.descending
        state.field = field
        show()
      })
    }
    show()
    return (brush) => {
      state.brush = brush
      show()
    }
  }

  const rows = page.figures.map(({table}) => (table === undefined ? [] : unpackedRows(table.rows)))
  const tables = page.figures.map((figure, index) => brushedTable(figure, rows[index] ?? []))

  function drawnSpec({spec, table}: PageFigure, all: readonly Row[]): unknown {
    if (table === undefined) return spec
    return {...(spec as object), datasets: {[table.dataset]: table.drawnRows.map((row) => ({...all[row]}))}}
  }

  /** The row under the pointer as its table writes it. */
  function rowTooltip({columns}: PageTable): (row: Row, escaped: (text: string) => string) => string {
    return (row, escaped) => {
      const filled = columns.filter(({field}) => row[field] !== null && row[field] !== undefined)
      const lines = filled.map(
        (column) =>
          `<tr><td class="key">${escaped(column.title)}</td><td class="value">${escaped(cellText(row[column.field], column))}</td></tr>`,
      )
      return `<table><tbody>${lines.join('')}</tbody></table>`
    }
  }

  async function drawAll(): Promise<void> {
    for (const {view} of drawn.splice(0)) view.finalize()
    for (const [index, figure] of page.figures.entries()) {
      const element = document.querySelector(`[data-figure="${figure.name}"]`)
      if (element === null) continue
      const config = dark.matches ? page.configs.dark : page.configs.light
      const options = {
        config,
        renderer: figure.renderer,
        actions: false,
        ast: true,
        defaultStyle: false,
        tooltip: {
          theme: dark.matches ? 'dark' : 'light',
          ...(figure.table === undefined ? {} : {formatTooltip: rowTooltip(figure.table)}),
        },
      }
      const result = await embed(element, drawnSpec(figure, rows[index] ?? []), options)
      drawn.push(result)
      if (figure.table !== undefined) {
        tables[index]?.({})
        result.view.addSignalListener('brush', (_name, brush) => tables[index]?.(brush))
      }
    }
    document.documentElement.dataset['drawn'] = 'yes'
  }

  const fonts = [400, 700].map((weight) => document.fonts.load(`${weight} 12px "${page.fontFamily}"`))
  void Promise.all(fonts).then(drawAll)
  dark.addEventListener('change', () => void drawAll())
}
