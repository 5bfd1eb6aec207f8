import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import type {Font} from 'fontkit'

/** Atkinson Hyperlegible, SIL Open Font License 1.1: small, open, and drawn so that I, l, 1 and 0, O differ. */
export const fontFamily = 'Atkinson Hyperlegible'

const faces = {
  regular: {file: '400Regular/AtkinsonHyperlegible_400Regular.ttf', cssWeight: 400},
  bold: {file: '700Bold/AtkinsonHyperlegible_700Bold.ttf', cssWeight: 700},
} as const

export type FontFace = keyof typeof faces

export const fontFaces = Object.keys(faces) as readonly FontFace[]

const require = createRequire(import.meta.url)

/** Where the font file lies, for renderers that read it themselves. */
export function fontPath(face: FontFace): string {
  return require.resolve(`@expo-google-fonts/atkinson-hyperlegible/${faces[face].file}`)
}

/** The face that a CSS or Vega font weight asks for. */
export function faceOfWeight(weight: string | number | undefined): FontFace {
  return weight === 'bold' || weight === 'bolder' || Number(weight) >= 600 ? 'bold' : 'regular'
}

/** `@font-face` rules that carry the named faces inside them. */
export function fontCss(used: readonly FontFace[] = fontFaces): string {
  return used
    .map((face) => {
      const data = readFileSync(fontPath(face)).toString('base64')
      return `@font-face{font-family:"${fontFamily}";font-weight:${faces[face].cssWeight};src:url(data:font/ttf;base64,${data}) format("truetype")}`
    })
    .join('\n')
}

const opened = new Map<FontFace, Font>()

function openFont(face: FontFace): Font {
  let font = opened.get(face)
  if (font === undefined) {
    const {openSync} = require('fontkit') as {openSync: (path: string) => Font}
    font = openSync(fontPath(face))
    opened.set(face, font)
  }
  return font
}

const advances = new Map<string, number>()

/** How wide the text is drawn: the advances of its glyphs with kerning, as every renderer here lays it out. */
export function textWidth(text: string, fontPixels: number, face: FontFace = 'regular'): number {
  if (text === '' || fontPixels <= 0) return 0
  const key = `${face} ${text}`
  let ems = advances.get(key)
  if (ems === undefined) {
    const font = openFont(face)
    ems = font.layout(text).advanceWidth / font.unitsPerEm
    if (advances.size > 20_000) advances.clear()
    advances.set(key, ems)
  }
  return ems * fontPixels
}

/** Words in lines no wider than `widthPixels`; a longer word has a line of its own. */
export function wrappedLines(text: string, widthPixels: number, fontPixels: number, face: FontFace = 'regular'): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1)
    const joined = `${last} ${word}`
    if (last !== undefined && textWidth(joined, fontPixels, face) <= widthPixels) lines[lines.length - 1] = joined
    else lines.push(word)
  }
  return lines
}
