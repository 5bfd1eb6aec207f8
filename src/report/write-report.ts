import {randomBytes} from 'node:crypto'
import {mkdir, rename, rm, writeFile} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {diskFault} from '../foundation/disk-fault.js'
import {UserError} from '../foundation/user-error.js'
import {type FigureLinks, renderHtml} from './html.js'
import {figureFormats, renderFormats} from './render.js'
import {chartOf, type Figure, figureSpec, figuresOf, type Report} from './report.js'
import {csvText} from './table.js'
import type {themeNames} from './theme.js'

/** What a report can be written as; figures' specs and data are always written beside them. */
const reportFormats = ['html', ...figureFormats] as const
export type ReportFormat = (typeof reportFormats)[number]

export interface WriteOptions {
  readonly formats?: readonly ReportFormat[]
  /** Of the still figures; the page is for the screen. */
  readonly theme?: (typeof themeNames)[number]
  /** Looked at before each figure and the page; figures that stand by then stay. */
  readonly signal?: AbortSignal | undefined
}

/** Writes the page, its figures, and the spec and data of each; every file appears whole or not at all. Answers with their paths. */
export async function writeReport(report: Report, folder: string, options: WriteOptions = {}): Promise<string[]> {
  const formats = options.formats ?? reportFormats
  const still = figureFormats.filter((format) => formats.includes(format))
  const figures = figuresOf(report)
  const files: string[] = []
  await guarded(folder, async () => {
    await mkdir(join(folder, 'figures'), {recursive: true})
    for (const figure of figures) {
      options.signal?.throwIfAborted()
      const spec = figureSpec(figure, {theme: options.theme ?? 'screen', title: figure.title, interactive: false})
      const contents = new Map<string, string | Buffer>(still.length === 0 ? [] : await renderFormats(spec, still))
      contents.set('vl.json', `${JSON.stringify(spec)}\n`).set('csv', csvText(chartOf(figure).rows(figure.input)))
      for (const [extension, content] of contents)
        files.push(await writeWhole(join(folder, 'figures', `${figure.name}.${extension}`), content))
    }
    options.signal?.throwIfAborted()
    if (formats.includes('html')) {
      const html = renderHtml(report, linksOf(figures, [...still, 'vl.json', 'csv']))
      files.unshift(await writeWhole(join(folder, 'report.html'), html))
    }
  })
  return files
}

const linkTexts: Readonly<Record<string, string>> = {svg: 'SVG', png: 'PNG', pdf: 'PDF', 'vl.json': 'spec', csv: 'data'}

function linksOf(figures: readonly Figure[], extensions: readonly string[]): FigureLinks {
  return new Map(
    figures.map(({name}) => [
      name,
      extensions.map((extension) => ({text: linkTexts[extension] ?? extension, href: `figures/${name}.${extension}`})),
    ]),
  )
}

/** Writes beside the target and renames, so that a reader never meets half a file. */
async function writeWhole(path: string, content: string | Buffer): Promise<string> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`)
  try {
    await writeFile(draft, content)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, {force: true})
    throw error
  }
  return path
}

async function guarded(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const reason = diskFault(error)
    if (reason === undefined) throw error
    throw new UserError(`the report cannot be written to ${folder}: ${reason}`, {
      code: 'REPORT_NOT_WRITTEN',
      suggestions: ['choose another folder'],
      cause: error,
    })
  }
}
