import {custom} from '@oclif/core/flags'
import type {Figure} from '../report/report.js'
import type * as CommandFigures from '../study/figures/command-figures.js'

/** A file to draw to, in the format that its name ends in; another name is refused before anything is computed. */
export function figureFileFlag(description: string) {
  return custom<string>({
    description,
    helpValue: 'FILE',
    parse: async (file) => {
      const {figureFormat} = await import('../report/write-figure.js')
      figureFormat(file)
      return file
    },
  })()
}

/** The file of a command's one figure. */
export const figureFlag = figureFileFlag('Also draw it, to a file that ends in .svg, .png or .pdf.')

/** Draws a figure to a file, once all that draws is loaded. */
export async function drawFigure(file: string, figureOf: (figures: typeof CommandFigures) => Figure): Promise<void> {
  const {writeFigure} = await import('../report/write-figure.js')
  await writeFigure(figureOf(await import('../study/figures/command-figures.js')), file)
}
