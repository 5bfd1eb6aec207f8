import {createHash} from 'node:crypto'
import {metricNames} from '../cost/metrics.js'
import {UserError} from '../foundation/user-error.js'
import type {AxisKind, JsonValue, SpaceDefinition} from '../sweep/space-identity.js'
import {snakeCase} from './names.js'

export type {AxisKind, JsonValue, SpaceDefinition}

export type AxisValue = number | string

/** One thing that varies between the points of a space. */
export type AxisDefinition = SpaceDefinition['axes'][number]

/** Texts that say which space a point belongs to, in the order in which exports write them. */
export const spaceColumnNames = ['accelerator', 'workload', 'phase', 'settings', 'fidelity', 'modelVersion'] as const
export type SpaceColumnName = (typeof spaceColumnNames)[number]

/** What a space says of itself in a column. */
export function spaceText(definition: SpaceDefinition, name: SpaceColumnName): string {
  return name === 'settings' ? settingsText(definition.constants) : definition[name]
}

/** What a space fixes of its pass beside the phase, as "contextTokens 8192, operators attention+head"; empty where it fixes nothing. */
function settingsText(constants: JsonValue): string {
  const {pass = {}, operators} = (constants ?? {}) as {readonly [key: string]: JsonValue}
  return Object.entries({...(pass as object), operators} as Readonly<Record<string, JsonValue | undefined>>)
    .flatMap(([name, value]) => (name === 'phase' || value === undefined ? [] : [`${name} ${[value].flat().join('+')}`]))
    .sort()
    .join(', ')
}

const reservedNames = new Set([...spaceColumnNames, ...metricNames, 'boundBy', 'spaceHash'].map(snakeCase))
const axisNameForm = /^[\p{L}_][\p{L}\p{N}_./:-]*$/u

/** JSON with sorted keys, so that equal values give equal text; refuses numbers that JSON cannot hold. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new UserError(`${value} cannot stand among the constants of a space: JSON has no such number`, {
      code: 'SPACE_NOT_JSON',
      suggestions: ['leave the constant out, or write it as a text'],
    })
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** SHA-256 of what decides the numbers; the order of the axes does not. */
export function spaceHash(definition: SpaceDefinition): string {
  const axes = definition.axes
    .map(({name, unit, kind}) => ({name, unit, ...(isLevel(kind) ? {} : {kind})}))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const {accelerator, workload, phase, fidelity, modelVersion, constants, boundNames} = definition
  const identity = {accelerator, workload, phase, fidelity, modelVersion, constants, axes, boundNames}
  return createHash('sha256').update(canonicalJson(identity)).digest('hex')
}

/** Whether an axis has levels; axes do, unless told. */
export function isLevel(kind: AxisKind | undefined): boolean {
  return kind === undefined || kind === 'level'
}

/** Refuses axis names that a query could not tell from another column. */
export function checkAxisNames(axes: readonly AxisDefinition[]): void {
  const seen = new Map<string, string>()
  for (const {name} of axes) {
    const key = snakeCase(name)
    if (!axisNameForm.test(name)) {
      throw new UserError(`"${name}" cannot name an axis: a letter comes first, then letters, digits and . _ - / :`, {
        code: 'AXIS_NAME_FORM',
        suggestions: ['rename the axis, as in `hbmBandwidth`'],
      })
    }
    if (reservedNames.has(key)) {
      throw new UserError(`"${name}" cannot name an axis: every point has a column of that name already`, {
        code: 'AXIS_NAME_TAKEN',
        suggestions: [`rename the axis, as in \`${name}Setting\``],
      })
    }
    const other = seen.get(key)
    if (other !== undefined) {
      throw new UserError(`two axes share the column ${key}: "${other}" and "${name}"`, {
        code: 'AXIS_NAME_TWICE',
        suggestions: ['rename one of them'],
      })
    }
    seen.set(key, name)
  }
}
