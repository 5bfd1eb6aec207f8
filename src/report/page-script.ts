import type {Column} from './table.js'
import type {Unit, UnitName} from './unit.js'

/** What the page needs to draw one figure. */
export interface PageFigure {
  readonly name: string
  readonly spec: unknown
  readonly renderer: 'svg' | 'canvas'
  /** Where the figure's brush filters a table: its columns, and the field it is sorted by at first. */
  readonly table?: {readonly columns: readonly Column[]; readonly dataset: string; readonly sortField: string}
}

export interface PageData {
  readonly figures: readonly PageFigure[]
  readonly configs: {readonly light: unknown; readonly dark: unknown}
  readonly fontFamily: string
  readonly units: Readonly<Record<UnitName, Unit>>
  readonly rowLimitCount: number
}

type Row = Readonly<Record<string, unknown>>
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
    if (typeof value === 'number') return quantityText(value, page.units[column.unit ?? 'count'])
    return value === null || value === undefined ? '–' : String(value)
  }

  function brushedTable(figure: PageFigure): (brush: Brush) => void {
    const {table} = figure
    const holder = document.querySelector(`[data-table="${figure.name}"]`)
    if (table === undefined || holder === null) return () => {}
    const rows = (figure.spec as {datasets: Record<string, Row[]>}).datasets[table.dataset] ?? []
    const state: {field: string; descending: boolean; brush: Brush} = {field: table.sortField, descending: false, brush: {}}
    const status = holder.querySelector('[role=status]')
    const body = holder.querySelector('tbody')
    const headers = [...holder.querySelectorAll('th')]

    function show(): void {
      const limits = Object.entries(state.brush)
      const inside = rows.filter((row) =>
        limits.every(([field, [from, to]]) => Number(row[field]) >= Math.min(from, to) && Number(row[field]) <= Math.max(from, to)),
      )
      const sign = state.descending ? -1 : 1
      inside.sort((a, b) => {
        const [left, right] = [a[state.field], b[state.field]]
        if (typeof left === 'number' && typeof right === 'number') return sign * (left - right)
        return sign * String(left).localeCompare(String(right))
      })
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

  const tables = page.figures.map(brushedTable)

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
        tooltip: {theme: dark.matches ? 'dark' : 'light'},
      }
      const result = await embed(element, figure.spec, options)
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
