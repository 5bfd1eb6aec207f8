import type {Config} from 'vega-lite'
import {fontFamily} from './font.js'

/** Colours of one ground; charts name roles, never colours. */
export interface Ink {
  readonly background: string
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly band: string
  /** Okabe and Ito's colours, ordered so that neighbours also differ in lightness, the palest last. */
  readonly categories: readonly string[]
  readonly ramp: readonly string[]
  /** Muted tints for what is left out: for several reasons, for want of a mapping, then for each reason, neighbours apart in lightness. */
  readonly shades: readonly string[]
}

export interface Theme {
  readonly columnInches: number
  readonly pageInches: number
  /** Chart pixels to the inch of the written figure. */
  readonly pixelsPerInch: number
  readonly imageDotsPerInch: number
  readonly labelPixels: number
  readonly titlePixels: number
  readonly headingPixels: number
  readonly linePixels: number
  readonly markSquarePixels: number
  /** Width of a y axis's tick labels, held fixed so that figures come out at their exact width. */
  readonly axisPixels: number
  readonly ink: Ink
}

const okabeIto = ['#0072B2', '#E69F00', '#009E73', '#56B4E9', '#D55E00', '#444444', '#CC79A7', '#F0E442']
/** Cividis: perceptually even, the same to colour-blind readers, monotone in grey. */
const cividis = ['#00224E', '#123570', '#3B496C', '#575D6D', '#707173', '#8A8678', '#A59C74', '#C3B369', '#E1CC55']

const lightInk: Ink = {
  background: '#ffffff',
  text: '#1c1f23',
  muted: '#6b7280',
  grid: '#e6e8eb',
  band: '#8a93a0',
  categories: okabeIto,
  ramp: cividis,
  shades: ['#e6e8ec', '#15171b', '#bfcce0', '#85796e', '#d2b0aa', '#4f5b70', '#b5cbae', '#8a6f90', '#e4d89c', '#5f6b4a'],
}

const darkInk: Ink = {
  background: '#16181c',
  text: '#e8eaed',
  muted: '#9aa1ab',
  grid: '#2c3036',
  band: '#8a93a0',
  categories: ['#3d9fdc', '#e69f00', '#1fb98c', '#8fd0f5', '#e8722b', '#b9bec6', '#dd97bd', '#f0e442'],
  ramp: ['#5F72A8', '#707A9A', '#7D8390', '#8A8678', '#A59C74', '#C3B369', '#E1CC55', '#FEE838'],
  shades: ['#2b2f36', '#f6f7f9', '#485878', '#a4978a', '#7c5a54', '#8fa3bd', '#3f5a3d', '#a98bb0', '#66602f', '#a9b58c'],
}

const screen: Theme = {
  columnInches: 5,
  pageInches: 8,
  pixelsPerInch: 96,
  imageDotsPerInch: 192,
  labelPixels: 12,
  titlePixels: 13,
  headingPixels: 16,
  linePixels: 2,
  markSquarePixels: 50,
  axisPixels: 46,
  ink: lightInk,
}

const paper: Theme = {
  columnInches: 3.5,
  pageInches: 7.16,
  pixelsPerInch: 72,
  imageDotsPerInch: 300,
  labelPixels: 7,
  titlePixels: 8,
  headingPixels: 9,
  linePixels: 1.2,
  markSquarePixels: 16,
  axisPixels: 26,
  ink: {...lightInk, text: '#000000', muted: '#4b5563'},
}

/** What a figure is made for. A paper's widths are those of a two-column page, and one of its pixels is one point. */
export const themes = {screen, paper, screenDark: {...screen, ink: darkInk}} as const satisfies Record<string, Theme>

export type ThemeName = keyof typeof themes

/** The themes a person chooses from; the dark one follows the reader's own setting. */
export const themeNames = ['screen', 'paper'] as const satisfies readonly ThemeName[]

/** Less, whole and more: green, blue and vermillion, which differ for colour-blind readers too. */
function signColours({categories, text}: Ink): string[] {
  return [2, 0, 4].map((index) => categories[index] ?? text)
}

/** Everything that a theme says to Vega-Lite: type, ink, axes, legends, and the named styles that charts use. */
export function themeConfig(name: ThemeName): Config {
  const theme: Theme = themes[name]
  const {ink, labelPixels, titlePixels, headingPixels, linePixels} = theme
  const hair = linePixels / 2.4
  return {
    background: ink.background,
    font: fontFamily,
    padding: Math.round(labelPixels / 2),
    view: {stroke: null},
    axis: {
      labelFontSize: labelPixels,
      titleFontSize: titlePixels,
      titleFontWeight: 'normal',
      labelColor: ink.text,
      titleColor: ink.text,
      titlePadding: labelPixels * 0.6,
      labelPadding: labelPixels / 4,
      domainColor: ink.muted,
      domainWidth: hair,
      tickColor: ink.muted,
      tickWidth: hair,
      tickSize: labelPixels / 3,
      gridColor: ink.grid,
      gridWidth: hair,
      labelLimit: 0,
      titleLimit: 0,
      labelOverlap: 'greedy',
    },
    axisY: {minExtent: theme.axisPixels, maxExtent: theme.axisPixels},
    legend: {
      orient: 'bottom',
      labelFontSize: labelPixels,
      titleFontSize: labelPixels,
      titleFontWeight: 'bold',
      labelColor: ink.text,
      titleColor: ink.text,
      labelLimit: 0,
      titleLimit: 0,
      rowPadding: labelPixels / 4,
      columnPadding: labelPixels,
      titlePadding: labelPixels / 3,
      padding: 0,
      offset: labelPixels,
      symbolSize: theme.markSquarePixels * 1.6,
      symbolStrokeWidth: linePixels,
      symbolBaseFillColor: ink.text,
      symbolBaseStrokeColor: ink.text,
      gradientStrokeWidth: 0,
      gradientLength: labelPixels * 14,
      gradientThickness: labelPixels * 0.7,
    },
    title: {
      anchor: 'start',
      frame: 'bounds',
      fontSize: headingPixels,
      fontWeight: 'bold',
      subtitleFontSize: labelPixels,
      color: ink.text,
      subtitleColor: ink.muted,
      subtitlePadding: labelPixels / 3,
      offset: labelPixels,
      limit: 0,
    },
    header: {
      labelFontSize: labelPixels,
      labelFontWeight: 'bold',
      labelColor: ink.text,
      labelLimit: 0,
      labelAnchor: 'start',
      labelPadding: labelPixels / 2,
      title: null,
    },
    mark: {color: ink.categories[0] ?? ink.text},
    range: {
      category: [...ink.categories],
      ramp: [...ink.ramp],
      heatmap: [...ink.ramp],
      diverging: signColours(ink),
      limits: [...ink.categories, ...ink.shades],
    },
    style: {
      roof: {color: ink.text, strokeWidth: linePixels * 0.65},
      ridge: {fill: ink.background, color: ink.text, opacity: 1, strokeWidth: hair * 1.4, size: theme.markSquarePixels * 0.5},
      cloud: {color: ink.muted, opacity: 0.35, size: theme.markSquarePixels * 0.35},
      front: {color: ink.text, strokeWidth: linePixels * 0.8},
      frontPoint: {color: ink.text, size: theme.markSquarePixels * 0.45},
      hollow: {fill: ink.background, color: ink.muted, strokeWidth: hair * 0.8},
      frontHollow: {fill: ink.background, color: ink.text, strokeWidth: hair * 1.4, size: theme.markSquarePixels * 0.45},
      frontOutline: {stroke: ink.text, strokeWidth: hair},
      corner: {color: ink.categories[4] ?? ink.text, opacity: 1, strokeWidth: linePixels, size: theme.markSquarePixels * 2.2},
      note: {fontSize: labelPixels, color: ink.text},
      noteMuted: {fontSize: labelPixels, color: ink.muted},
      noteHalo: {fontSize: labelPixels, color: ink.background, stroke: ink.background, strokeWidth: labelPixels / 3, strokeJoin: 'round'},
      band: {fill: ink.band, color: ink.band},
      identity: {color: ink.text, strokeWidth: hair},
      marker: {color: ink.text, strokeWidth: hair * 1.4, strokeDash: [linePixels * 2, linePixels * 2]},
      curve: {strokeWidth: linePixels},
      segment: {stroke: ink.background, strokeWidth: hair},
      outline: {stroke: ink.background, strokeWidth: hair, strokeOpacity: 0.8},
      compared: {stroke: ink.text, strokeWidth: hair * 0.5},
      tail: {color: ink.text, thickness: linePixels * 0.9},
    },
  }
}
