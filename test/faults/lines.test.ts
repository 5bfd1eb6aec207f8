import {expect, it} from 'vitest'
import Eval from '../../src/commands/eval.js'
import List from '../../src/commands/list.js'
import Query from '../../src/commands/query.js'
import Show from '../../src/commands/show.js'
import Validate from '../../src/commands/validate.js'
import {refusal} from './refusal.js'

const pass = ['--accelerator', 'h100-sxm', '--model', 'gpt2']

/** A command line, and what it is answered. */
const lines: readonly (readonly [
  command: Parameters<typeof refusal>[0],
  argv: readonly string[],
  exitCode: number,
  code: string,
  said: RegExp,
])[] = [
  [Eval, [...pass, '--batch', '0'], 2, 'USAGE', /--batch: .*greater than or equal to 1/],
  [Eval, [...pass, '--batch', '1.5'], 2, 'USAGE', /--batch: Expected an integer/],
  [Eval, [...pass, '--batch', '99999999999999999999'], 3, 'BAD_VALUE', /whole number of sequences/],
  [Eval, [...pass, '--phase', 'decode', '--context', '-1'], 2, 'USAGE', /--context: .*greater than or equal to 1/],
  [Eval, [...pass, '--phase', 'prefil'], 2, 'USAGE', /did you mean prefill/],
  [Eval, [...pass, '--dtype', 'fp9'], 2, 'USAGE', /did you mean fp8/],
  [Eval, [...pass, '--clock', 'abc'], 3, 'QUANTITY_INVALID', /neither a unit nor a name/],
  [Eval, [...pass, '--clock', '1e400 Hz'], 3, 'QUANTITY_INVALID', /not a finite number/],
  [Eval, [...pass, '--clock', '5 GHz'], 3, 'CLOCK_OUT_OF_RANGE', /choose between 345 MHz and 1980 MHz/],
  [Eval, [...pass, '--clock', '-1410MHz'], 3, 'CLOCK_OUT_OF_RANGE', /choose between/],
  [Eval, [...pass, '--power-limit', '10W'], 3, 'POWER_LIMIT_BELOW_IDLE', /choose between 200 W and 700 W/],
  [Eval, [...pass, '--power-limit', '190W'], 3, 'POWER_LIMIT_OUT_OF_RANGE', /choose between 200 W and 700 W/],
  [Eval, [...pass, '--set', 'sms=0'], 3, 'VALUE_OUT_OF_RANGE', /more than zero is expected/],
  [Eval, [...pass, '--set', 'sms=NaN'], 3, 'QUANTITY_INVALID', /--set sms=NaN/],
  [Eval, [...pass, '--set', 'sms=.inf'], 3, 'QUANTITY_INVALID', /--set sms=\.inf/],
  [Eval, [...pass, '--set', '__proto__.x=3'], 3, 'UNKNOWN_NAME', /neither a parameter nor a field/],
  [Eval, [...pass, '--set', 'power.limit=1 W'], 3, 'SPEC_INVALID', /choose between 200 W and 700 W/],
  [Eval, ['--accelerator', 'h100-smx', '--model', 'gpt2'], 3, 'UNKNOWN_NAME', /did you mean h100-sxm/],
  [Eval, ['--accelerator', 'h100-sxm', '--model', 'list.csv#modle=gpt2'], 3, 'FILE_UNREADABLE', /no such file/],
  [Show, ['h100-smx'], 3, 'UNKNOWN_NAME', /did you mean h100-sxm/],
  [List, ['acelerators'], 3, 'UNKNOWN_NAME', /did you mean accelerators/],
  [Query, ['nowhere.db'], 3, 'STORE_MISSING', /nowhere\.db/],
  [Validate, ['--trace', 'nowhere.csv'], 3, 'FILE_UNREADABLE', /no such file/],
  [Validate, ['--trace', 'nowhere.csv', '--max-mape', 'low'], 2, 'BAD_VALUE', /0\.1 for ten percent/],
]

it.each(lines.map(([command, argv, ...rest]) => ({command, argv, line: argv.join(' '), expected: rest})))(
  'answers "$line" with its exit code, a reason and a next step',
  async ({command, argv, expected: [exitCode, code, said]}) => {
    const error = await refusal(command, ...argv)
    expect([error.exitCode, error.code]).toEqual([exitCode, code])
    expect([error.message, ...error.suggestions].join('\n')).toMatch(said)
  },
)
