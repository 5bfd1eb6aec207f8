import {exitCodes, UserError} from '../foundation/user-error.js'

/** What `--set key=value` says, given any number of times; a key given twice is refused, as one value would be lost. */
export function assignments(texts: readonly string[] = []): Record<string, string> {
  const values: Record<string, string> = {}
  for (const text of texts) {
    const [, written = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
    const key = written.trim()
    if (key === '' || value.trim() === '') throw misused(`--set ${text} assigns nothing`, 'write it as in --set sms=144')
    if (Object.hasOwn(values, key)) throw misused(`--set ${key} is given twice`, `keep one of ${values[key]} and ${value.trim()}`)
    Object.defineProperty(values, key, {value: value.trim(), enumerable: true})
  }
  return values
}

function misused(message: string, suggestion: string): UserError {
  return new UserError(message, {code: 'USAGE', suggestions: [suggestion], exitCode: exitCodes.usage})
}
