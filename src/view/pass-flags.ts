import {boolean, integer, option, string} from '@oclif/core/flags'
import {type PassInput, type PassName, type PassSetting, passSettings, phases} from '../workload/pass.js'

/** Flags whose name is not that of their setting; a switch that is on by default is named by what turns it off. */
const flagNames: Partial<Record<PassName, string>> = {
  promptTokens: 'prompt',
  prefixTokens: 'prefix',
  contextTokens: 'context',
  fused: 'eager',
  kvCache: 'no-kv-cache',
}

const flagDescriptions: Partial<Record<PassName, string>> = {
  fused: 'Each kernel on its own, as eager PyTorch runs it, instead of fused ones.',
  kvCache: 'Keys and values are not kept for later tokens.',
}

const nameOf = ({name}: PassSetting): string => flagNames[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const isOnByDefault = (setting: PassSetting): boolean => setting.default({phase: 'prefill'}) === true

function flagOf(setting: PassSetting) {
  const {name, type, choices = [], defaultText, phases: used} = setting
  const fallback = defaultText ?? (type === 'switch' ? undefined : String(setting.default({phase: 'prefill'})))
  const scope = used.length === phases.length ? '' : ` Acts in ${used.join(' and ')}.`
  const description = `${flagDescriptions[name] ?? setting.description}${scope}${fallback === undefined ? '' : ` [default: ${fallback}]`}`
  const common = {description, helpGroup: 'PASS'}
  if (type === 'switch') return boolean(common)
  if (type === 'count') return integer({...common, min: setting.minimum ?? 0})
  return type === 'choice' ? option({...common, options: choices})() : string({...common, helpValue: '<number>'})
}

/** A flag for every setting of a pass; typed as no flags, since `passInput` reads them back by their table. */
export const passFlags = Object.fromEntries(passSettings.map((setting) => [nameOf(setting), flagOf(setting)])) as Record<never, never>

/** What the flags of a pass say; the rest is left to the defaults. */
export function passInput(flags: Readonly<Record<string, unknown>>): PassInput {
  const given: Record<string, unknown> = {}
  for (const setting of passSettings) {
    const value = flags[nameOf(setting)]
    if (value === undefined) continue
    given[setting.name] = setting.type === 'switch' ? !isOnByDefault(setting) : setting.type === 'number' ? Number(value) : value
  }
  return given
}
