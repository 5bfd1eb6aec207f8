import {ExpressionError, quantityValue} from '../foundation/expression.js'
import {unknownName} from '../foundation/nearest-name.js'
import type {Dimension} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'

/** Where devices run, and what that costs; what is undefined is not described, and is left out of every sum. */
export interface Site {
  /** Power usage effectiveness: energy of the building over energy of its machines. */
  readonly pueRatio: number | undefined
  /** Power of the host beside each device: processor, memory, network, fans. */
  readonly hostWatts: number | undefined
  readonly carbonGramsPerJoule: number | undefined
  readonly electricityDollarsPerJoule: number | undefined
  /** Price of one device for a time, however busy it is. */
  readonly rentDollarsPerSecond: number | undefined
  /** Over which, times the share of it that the device works, its making is written off. */
  readonly lifetimeSeconds: number | undefined
  readonly utilizationRatio: number | undefined
}

interface Field {
  readonly key: keyof Site
  readonly dimension: Dimension
  readonly meaning: string
  readonly isWithin: (value: number) => boolean
  readonly expected: string
  /** As it is written. */
  readonly example: string
}

const positive = {isWithin: (value: number): boolean => value > 0, expected: 'more than zero'}
const nonnegative = {isWithin: (value: number): boolean => value >= 0, expected: 'zero or more'}

/** What a person may say of a site, by the word for it. */
export const siteFields = {
  pue: {
    key: 'pueRatio',
    dimension: 'ratio',
    meaning: 'energy of the building over that of its machines',
    isWithin: (value) => value >= 1,
    expected: '1 or more',
    example: '1.2',
  },
  host: {key: 'hostWatts', dimension: 'watts', meaning: 'power of the host beside each device', example: '90 W', ...nonnegative},
  carbon: {
    key: 'carbonGramsPerJoule',
    dimension: 'gramsPerJoule',
    meaning: 'carbon dioxide equivalent of electricity',
    example: '350 g/kWh',
    ...nonnegative,
  },
  electricity: {
    key: 'electricityDollarsPerJoule',
    dimension: 'dollarsPerJoule',
    meaning: 'price of electricity',
    example: '0.12 USD/kWh',
    ...nonnegative,
  },
  rent: {
    key: 'rentDollarsPerSecond',
    dimension: 'dollarsPerSecond',
    meaning: 'price of one device for a time',
    example: '2.50 USD/h',
    ...nonnegative,
  },
  lifetime: {
    key: 'lifetimeSeconds',
    dimension: 'seconds',
    meaning: 'time over which the making of a device is written off',
    example: '4 year',
    ...positive,
  },
  utilization: {
    key: 'utilizationRatio',
    dimension: 'ratio',
    meaning: 'share of its lifetime that a device works',
    isWithin: (value) => value > 0 && value <= 1,
    expected: 'more than 0 and at most 1',
    example: '0.6',
  },
} as const satisfies Record<string, Field>

export type SiteWord = keyof typeof siteFields

/** A site as a person describes it: `{pue: '1.2', carbon: '350 g/kWh'}`; throws for unknown words, wrong units and impossible values. */
export function siteOf(described: Readonly<Record<string, string>>): Site {
  const site: Record<keyof Site, number | undefined> = {
    pueRatio: undefined,
    hostWatts: undefined,
    carbonGramsPerJoule: undefined,
    electricityDollarsPerJoule: undefined,
    rentDollarsPerSecond: undefined,
    lifetimeSeconds: undefined,
    utilizationRatio: undefined,
  }
  for (const [word, text] of Object.entries(described)) {
    if (!Object.hasOwn(siteFields, word)) throw unknownName('part of a site', word, Object.keys(siteFields))
    const field = siteFields[word as SiteWord]
    site[field.key] = fieldValue(word, text, field)
  }
  if ((site.lifetimeSeconds === undefined) !== (site.utilizationRatio === undefined)) {
    const [given, missing] =
      site.lifetimeSeconds === undefined ? (['utilization', 'lifetime'] as const) : (['lifetime', 'utilization'] as const)
    throw new UserError(`a site with ${given} needs ${missing} too, since only both together say how long a device works`, {
      code: 'SITE_INCOMPLETE',
      suggestions: [`add --site ${missing}='${siteFields[missing].example}'`],
    })
  }
  return site
}

function fieldValue(word: string, text: string, {dimension, isWithin, expected, example}: Field): number {
  let value: number
  try {
    value = quantityValue(text, dimension)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new UserError(`${word} of the site: ${error.message}`, {code: 'QUANTITY_INVALID', suggestions: error.suggestions, cause: error})
  }
  if (isWithin(value)) return value
  throw new UserError(`${word} of the site is ${text}, but ${expected} is expected`, {
    code: 'VALUE_OUT_OF_RANGE',
    suggestions: [`write it as in --site ${word}='${example}'`],
  })
}
