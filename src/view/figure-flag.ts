import {string} from '@oclif/core/flags'
import type {Figure} from '../report/report.js'
import type * as CommandFigures from '../study/figures/command-figures.js'

/** A file to draw to; its format is that of its name. */
export const figureFlag = string({description: 'Also draw it, to a file that ends in .svg, .png or .pdf.', helpValue: 'FILE'})

/** Draws a figure to a file, once all that draws is loaded; a name that asks for no known format is refused first. */
export async function drawFigure(file: string, figureOf: (figures: typeof CommandFigures) => Figure): Promise<void> {
  const {figureFormat, writeFigure} = await import('../report/write-figure.js')
  figureFormat(file)
  await writeFigure(figureOf(await import('../study/figures/command-figures.js')), file)
}
