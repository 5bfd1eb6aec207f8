import {createRequire} from 'node:module'
import type PdfKit from 'pdfkit'
import type * as Vega from 'vega'
import type {TopLevelSpec} from 'vega-lite'
import {faceOfWeight, fontCss, fontFaces, fontFamily, fontPath, textWidth} from './font.js'
import {type Theme, type ThemeName, themes} from './theme.js'

const require = createRequire(import.meta.url)

interface TextItem {
  readonly fontSize?: number
  readonly fontWeight?: string | number
  /** Where positive, longer text is cut to this width. */
  readonly limit?: number
}

interface TextMetrics {
  width(item: TextItem, text: string): number
}

let loaded: Promise<typeof Vega> | undefined

/** Vega, measuring text by the glyphs of the embedded font where it would guess from the number of letters. */
export async function vega(): Promise<typeof Vega> {
  loaded ??= import('vega').then((module) => {
    const {textMetrics} = module as unknown as {textMetrics: TextMetrics}
    textMetrics.width = ({fontSize, fontWeight, limit}, text) => {
      const width = textWidth(String(text ?? '').trim(), fontSize ?? 11, faceOfWeight(fontWeight))
      return limit !== undefined && limit > 0 ? Math.min(width, limit) : width
    }
    return module
  })
  return loaded
}

function themeOf(spec: TopLevelSpec): Theme {
  const name = spec.usermeta?.['theme'] as ThemeName | undefined
  return themes[name ?? 'screen']
}

interface Drawing {
  /** As Vega draws it: sizes in chart pixels, no font inside. */
  readonly svg: string
  readonly widthPixels: number
  readonly heightPixels: number
}

async function draw(spec: TopLevelSpec): Promise<Drawing> {
  const [{View, parse, Warn}, {compile}] = await Promise.all([vega(), import('vega-lite')])
  const view = new View(parse(compile(spec).spec), {renderer: 'none', logLevel: Warn})
  // A dash of [1, 0] is how Vega writes a solid line; PDF has no gap of zero.
  const svg = (await view.toSVG()).replaceAll(' stroke-dasharray="1,0"', '')
  view.finalize()
  const [, width = '0', height = '0'] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []
  return {svg, widthPixels: Number(width), heightPixels: Number(height)}
}

/** The figure as SVG at its size on paper or screen, with its font inside. */
function svgDocument(drawing: Drawing, theme: Theme): string {
  const inches = (pixels: number): string => `${Number((pixels / theme.pixelsPerInch).toFixed(4))}in`
  const used = fontFaces.filter((face) => face === 'regular' || /font-weight="(bold|[6-9]00)"/.test(drawing.svg))
  return drawing.svg
    .replace(/width="[\d.]+" height="[\d.]+"/, `width="${inches(drawing.widthPixels)}" height="${inches(drawing.heightPixels)}"`)
    .replace('>', `><style>${fontCss(used)}</style>`)
}

/** The figure as PNG, drawn with the embedded font alone. */
function pngOf(drawing: Drawing, theme: Theme): Buffer {
  const {Resvg} = require('@resvg/resvg-js') as typeof import('@resvg/resvg-js')
  const value = theme.imageDotsPerInch / theme.pixelsPerInch
  const font = {loadSystemFonts: false, fontFiles: fontFaces.map(fontPath), defaultFontFamily: fontFamily}
  return Buffer.from(new Resvg(drawing.svg, {font, fitTo: {mode: 'zoom', value}}).render().asPng())
}

function titleOf(spec: TopLevelSpec): string | undefined {
  const {title} = spec
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title
  const lines = [text].flat().filter((line) => typeof line === 'string')
  return lines.length === 0 ? undefined : lines.join(' ')
}

type SvgToPdf = (document: InstanceType<typeof PdfKit>, svg: string, x: number, y: number, options: object) => void

/** The figure as a one-page PDF of its own size: vectors, and text that can be selected, in the embedded font. */
async function pdfOf(drawing: Drawing, theme: Theme, title: string | undefined): Promise<Buffer> {
  const PdfDocument = require('pdfkit') as typeof PdfKit
  const svgToPdf = require('svg-to-pdfkit') as SvgToPdf
  const pointsPerPixel = 72 / theme.pixelsPerInch
  const size: [number, number] = [drawing.widthPixels * pointsPerPixel, drawing.heightPixels * pointsPerPixel]
  const document = new PdfDocument({size, margin: 0, info: title === undefined ? {} : {Title: title}})
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject))
  for (const face of fontFaces) document.registerFont(face, fontPath(face))
  document.scale(pointsPerPixel)
  svgToPdf(document, drawing.svg, 0, 0, {
    width: drawing.widthPixels,
    height: drawing.heightPixels,
    assumePt: true,
    fontCallback: (_family: string, isBold: boolean) => (isBold ? 'bold' : 'regular'),
  })
  document.end()
  await ended
  return Buffer.concat(chunks)
}

export const figureFormats = ['svg', 'png', 'pdf'] as const
export type FigureFormat = (typeof figureFormats)[number]

/** One drawing in several formats, so that Vega lays the figure out once. */
export async function renderFormats(
  spec: TopLevelSpec,
  formats: readonly FigureFormat[],
): Promise<ReadonlyMap<FigureFormat, string | Buffer>> {
  const [drawing, theme] = [await draw(spec), themeOf(spec)]
  const files = new Map<FigureFormat, string | Buffer>()
  for (const format of formats) {
    if (format === 'svg') files.set(format, svgDocument(drawing, theme))
    else if (format === 'png') files.set(format, pngOf(drawing, theme))
    else files.set(format, await pdfOf(drawing, theme, titleOf(spec)))
  }
  return files
}
