import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {paretoColumns} from './charts/pareto.js'
import {paretoScene, placedPoints} from './charts/pareto-scene.js'
import {fontCss, fontFamily} from './font.js'
import {pageRows} from './page-rows.js'
import {type PageData, type PageFigure, runPage} from './page-script.js'
import {pageStyle} from './page-style.js'
import {type Figure, figureSpec, figuresOf, type Report, type Section} from './report.js'
import {type Column, cellText, isNumericColumn, type Table} from './table.js'
import {themeConfig} from './theme.js'
import {quantityText, units} from './unit.js'

const require = createRequire(import.meta.url)

/** Text as it may stand between tags and inside quoted attributes. */
export function escapedHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

/** A value as JSON that cannot end the script element around it, numbers to seven digits. */
export function embeddedJson(value: unknown): string {
  const shorter = (_key: string, inner: unknown): unknown =>
    typeof inner === 'number' && !Number.isInteger(inner) ? Number(inner.toPrecision(7)) : inner
  return JSON.stringify(value, shorter)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

/** Files written beside the page for each figure, by the words of their links. */
export type FigureLinks = ReadonlyMap<string, readonly {readonly text: string; readonly href: string}[]>

/** What stands around a figure besides its own words. */
interface Surroundings {
  readonly links: FigureLinks
  /** By figure: how to read it, and what it leaves out. */
  readonly notes: ReadonlyMap<string, readonly string[]>
}

/** The report as one page that needs no network: figures, tables, fonts and libraries are inside it. */
export function renderHtml(report: Report, links: FigureLinks = new Map()): string {
  const data = pageData(report)
  const notes = new Map(data.figures.map(({name, spec}) => [name, notesOf(spec)]))
  const scripts = [
    ...bundles(),
    `(${runPage.toString()})(JSON.parse(document.getElementById('page-data').textContent),vegaEmbed,${quantityText.toString()})`,
  ]
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapedHtml(report.title)}</title>
<style>${fontCss()}${pageStyle}</style>
</head>
<body>
<main>
<h1>${escapedHtml(report.title)}</h1>
${report.summary.map((text) => `<p class="lead">${escapedHtml(text)}</p>`).join('\n')}
${report.sections.map((section) => sectionHtml(section, {links, notes})).join('\n')}
<noscript><p>The figures of this page are drawn by scripts; the files beside it show them without.</p></noscript>
</main>
<script type="application/json" id="page-data">${embeddedJson(data)}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`
}

/** The libraries' own browser builds, read where they are installed. */
function bundles(): string[] {
  return ['vega', 'vega-lite', 'vega-embed'].map((name) => {
    const source = readFileSync(join(dirname(require.resolve(name)), `${name}.min.js`), 'utf8')
    return source
      .replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '')
      .replace(/<\/(script)/gi, '<\\/$1')
      .replace(/<!--/g, '<\\!--')
  })
}

const rowLimitCount = 200

function pageData(report: Report): PageData {
  return {
    figures: figuresOf(report).map(pageFigure),
    configs: {light: themeConfig('screen'), dark: themeConfig('screenDark')},
    fontFamily,
    units,
    rowLimitCount,
  }
}

/** The page chooses the theme, so the spec goes without; points by the thousand are drawn on a canvas, and packed as columns. */
function pageFigure(figure: Figure): PageFigure {
  const style = {theme: 'screen', interactive: true} as const
  const {config: _, ...spec} = figureSpec(figure, style)
  if (figure.kind !== 'pareto') return {name: figure.name, spec, renderer: 'svg'}
  const columns = paretoColumns(figure.input)
  const {points, drawnRows} = paretoScene(figure.input, {...style, span: figure.span ?? 'page'})
  const rows = pageRows(
    points,
    columns.map(({field}) => field),
  )
  const table = {columns, sortField: figure.input.x.field, rows, dataset: 'points', drawnRows}
  return {name: figure.name, spec: {...spec, datasets: {}}, renderer: 'canvas', table}
}

function notesOf(spec: unknown): readonly string[] {
  return (spec as {usermeta: {notes: readonly string[]}}).usermeta.notes
}

function sectionHtml(section: Section, surroundings: Surroundings): string {
  return `<section>
<h2>${escapedHtml(section.title)}</h2>
${(section.text ?? []).map((text) => `<p>${escapedHtml(text)}</p>`).join('\n')}
${(section.tables ?? []).map(tableHtml).join('\n')}
${(section.figures ?? []).map((figure) => figureHtml(figure, surroundings)).join('\n')}
</section>`
}

function tableHtml(table: Table): string {
  const kinds = table.columns.map((column) => numericClass(table, column))
  const head = table.columns.map((column, index) => `<th scope="col"${kinds[index]}>${escapedHtml(column.title)}</th>`).join('')
  const body = table.rows
    .map(
      (row) =>
        `<tr>${table.columns.map((column, index) => `<td${kinds[index]}>${escapedHtml(cellText(row[column.field], column))}</td>`).join('')}</tr>`,
    )
    .join('\n')
  const caption = table.caption === undefined ? '' : `<caption>${escapedHtml(table.caption)}</caption>`
  return `<div class="table"><table>${caption}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function figureHtml(figure: Figure, {links, notes}: Surroundings): string {
  const lines = (notes.get(figure.name) ?? []).map((note) => `<span class="note">${escapedHtml(note)}</span>`).join('')
  const files = (links.get(figure.name) ?? []).map(({text, href}) => `<a href="${escapedHtml(href)}">${escapedHtml(text)}</a>`).join('')
  return `<figure id="${escapedHtml(figure.name)}">
<h3>${escapedHtml(figure.title)}</h3>
<div class="chart" data-figure="${escapedHtml(figure.name)}" role="img" aria-label="${escapedHtml(figure.title)}"></div>
<figcaption>${escapedHtml(figure.caption)}${lines}${files === '' ? '' : ` <span class="files">${files}</span>`}</figcaption>
${figure.kind === 'pareto' ? brushedTableHtml(figure.name, {columns: paretoColumns(figure.input), rows: placedPoints(figure.input)}) : ''}
</figure>`
}

function brushedTableHtml(name: string, table: Table): string {
  const head = table.columns
    .map((column) => `<th scope="col"${numericClass(table, column)}><button type="button">${escapedHtml(column.title)}</button></th>`)
    .join('')
  return `<div data-table="${escapedHtml(name)}"><p role="status"></p>
<div class="brushed"><table><thead><tr>${head}</tr></thead><tbody></tbody></table></div></div>`
}

function numericClass(table: Table, column: Column): string {
  return isNumericColumn(table, column) ? ' class="number"' : ''
}
