import {nameHints, unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {type Pass, type PassInput, type PassSetting, type PassValue, type Phase, passSettings, phases} from './pass.js'

const settingNames = passSettings.map(({name}) => name)

/** A complete pass from what was given: every value checked, the rest by default. */
export function resolvePass(given: PassInput): Pass {
  const pass: Record<string, PassValue> = {}
  for (const [name, value] of Object.entries(given)) if (value !== undefined) pass[name] = settingValue(name, value)
  const {contextTokens, promptTokens, prefixTokens = 0, phase} = given
  if (phase !== 'decode' && promptTokens === undefined && contextTokens !== undefined && contextTokens <= prefixTokens) {
    throw new UserError(`a context of ${contextTokens} tokens leaves no new one behind a prefix of ${prefixTokens}`, {
      code: 'BAD_VALUE',
      suggestions: ['contextTokens: more than prefixTokens'],
    })
  }
  for (const setting of passSettings) {
    if (pass[setting.name] === undefined) pass[setting.name] = setting.default(pass as PassInput & {phase: Phase})
  }
  refuseUnused(given, pass['phase'] as Phase)
  return pass as unknown as Pass
}

/** The value of one setting, whatever the others are. */
export function settingValue(name: string, value: unknown): PassValue {
  const setting = passSettings.find((each) => each.name === name)
  if (setting === undefined) throw unknownName('setting of a pass', name, settingNames)
  return checkedValue(setting, value)
}

/** Refuses a setting that can't change the phase that it was given for; an unknown phase is for `resolvePass` to refuse. */
export function refuseUnused(given: PassInput, phase: Phase): void {
  if (!phases.includes(phase)) return
  for (const {name, phases: used} of passSettings) {
    if (given[name] === undefined || used.includes(phase)) continue
    const through = passSettings.find((other) => other.follows?.includes(name) && other.phases.includes(phase))
    if (through !== undefined && given[through.name] === undefined) continue
    throw unusedSetting(
      through === undefined ? `${name} does nothing in ${phase}` : `${name} does nothing in ${phase} beside ${through.name}`,
      [`${name} acts in ${used.join(' and ')}`, `leave ${name} out`, ...(through === undefined ? [] : [`or leave ${through.name} out`])],
    )
  }
}

/** The error for a setting that was given where nothing depends on it. */
export function unusedSetting(message: string, suggestions: readonly string[]): UserError {
  return new UserError(message, {code: 'SETTING_UNUSED', suggestions})
}

function checkedValue(setting: PassSetting, value: unknown): PassValue {
  const {name, type, choices = [], minimum = 0} = setting
  if (type === 'choice') {
    if (choices.includes(String(value))) return value as PassValue
    throw new UserError(`"${String(value)}" is not a ${name}`, {code: 'UNKNOWN_NAME', suggestions: nameHints(String(value), choices)})
  }
  if (type === 'switch') {
    if (typeof value === 'boolean') return value
    throw badValue(setting, value, 'true or false')
  }
  const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= minimum
  if (isNumber && (type === 'number' || Number.isSafeInteger(value))) return value
  throw badValue(
    setting,
    value,
    `a ${type === 'count' ? 'whole ' : ''}number of ${setting.unit || 'at least'} ${setting.unit ? `that is at least ${minimum}` : minimum}`,
  )
}

function badValue({name, description}: PassSetting, value: unknown, expectation: string): UserError {
  return new UserError(`${name} is ${JSON.stringify(value)}, but ${expectation} was expected`, {
    code: 'BAD_VALUE',
    suggestions: [`${name}: ${description}`],
  })
}
