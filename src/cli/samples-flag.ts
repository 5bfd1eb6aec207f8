import {custom} from '@oclif/core/flags'
import {UserError} from '../foundation/user-error.js'

/** A flag that takes how many samples to draw, or `off`. */
export function samplesFlag(description: string, exclusive: string[] = []) {
  return custom<number | 'off'>({description, helpValue: 'SAMPLES|off', exclusive, parse: async (text) => sampleCount(text)})()
}

function sampleCount(text: string): number | 'off' {
  if (text === 'off') return text
  if (/^\d+$/.test(text)) return Number(text)
  throw new UserError(`"${text}" is neither a number of samples nor \`off\``, {
    code: 'SAMPLE_COUNT_INVALID',
    suggestions: ['write it as in `--uncertainty 1000`, or `--uncertainty off`'],
  })
}
