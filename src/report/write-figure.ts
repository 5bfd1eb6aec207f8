import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {writeWhole} from '../foundation/write-whole.js'
import {type FigureFormat, figureFormats, renderFormats} from './render.js'
import {type Figure, figureSpec} from './report.js'
import type {themeNames} from './theme.js'

/** Writes one figure to a file, in the format that its name ends in. */
export async function writeFigure(figure: Figure, file: string, theme: (typeof themeNames)[number] = 'screen'): Promise<void> {
  const format = figureFormat(file)
  const contents = await renderFormats(figureSpec(figure, {theme, title: figure.title, interactive: false}), [format])
  writeWhole(file, contents.get(format)!)
}

/** The format that a file's name asks for, so that a wrong one is refused before anything is computed. */
export function figureFormat(file: string): FigureFormat {
  const written = path.extname(file).slice(1).toLowerCase()
  const format = figureFormats.find((name) => name === written)
  if (format !== undefined) return format
  throw new UserError(`"${file}" does not end in a format of figures`, {
    code: 'FIGURE_FORMAT',
    suggestions: [`end it in ${figureFormats.map((name) => `.${name}`).join(', ')}`],
  })
}
