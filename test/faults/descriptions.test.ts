import {describe, expect, it} from 'vitest'
import Eval from '../../src/commands/eval.js'
import Show from '../../src/commands/show.js'
import Sweep from '../../src/commands/sweep.js'
import {contentsOf, refusal, temporaryFolder, written} from './refusal.js'

const folder = temporaryFolder()
const aliasBomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefgh'].map((name, index) => bombLine(name, 'abcdefg'[index]!))].join(
  '\n',
)

function bombLine(name: string, inner: string): string {
  return `${name}: &${name} [${Array(9).fill(`*${inner}`).join(', ')}]`
}

/** What the file holds, where the error stands, and what it says. */
const unreadable: readonly (readonly [what: string, content: string | Buffer, place: string, reason: RegExp, code: string])[] = [
  ['a tab as indentation', 'title: x\n\tunits: 3\n', ':2:1 /', /Tabs are not allowed/, 'YAML_MALFORMED'],
  ['an unclosed quote', 'title: "x\nunits: 3\n', ':3:1 /', /Missing closing "quote/, 'YAML_MALFORMED'],
  ['a key twice', 'title: x\ntitle: y\n', ':2:1 /', /keys must be unique/, 'YAML_MALFORMED'],
  ['aliases that multiply', aliasBomb, ':1:1 /', /would fill the memory/, 'YAML_MALFORMED'],
  ['an alias without anchor', 'title: *nope\n', ':1:8 /', /no anchor &nope stands before/, 'YAML_MALFORMED'],
  ['an alias inside of its anchor', 'title: &a [*a]\n', ':1:12 /', /inside of what it repeats/, 'YAML_MALFORMED'],
  ['a second document', 'title: x\n---\ntitle: y\n', ':2:1 /', /a second document begins here/, 'YAML_MALFORMED'],
  ['ten thousand brackets', `a: ${'['.repeat(10_000)}`, ':1:', /nested too deeply/, 'YAML_MALFORMED'],
  ['nothing', '', ':1:1 /', /the file is empty/, 'SPEC_INVALID'],
  ['only a comment', '# later\n', ':1:1 /', /the file is empty/, 'SPEC_INVALID'],
  ['a list', '- a\n- b\n', ':1:1 /', /holds a list, but keys/, 'SPEC_INVALID'],
  ['a single word', 'hello\n', ':1:1 /', /holds a single value, but keys/, 'SPEC_INVALID'],
  ['bytes', Buffer.from([0, 1, 2, 255, 254, 0]), '', /not text in UTF-8/, 'FILE_NOT_TEXT'],
  ['UTF-16', Buffer.from('\uFEFFtitle: x\n', 'utf16le'), '', /text in UTF-16/, 'FILE_NOT_TEXT'],
  ['Latin-1', Buffer.from('title: caf\u00E9\n', 'latin1'), '', /not text in UTF-8/, 'FILE_NOT_TEXT'],
  ['nine megabytes', Buffer.alloc(9 << 20, 'a'), '', /more than the 8388608 bytes/, 'FILE_TOO_LARGE'],
]

describe('a description that cannot be read is refused with place, reason and hint, and nothing is written:', () => {
  it.each(unreadable)('%s', async (what, content, place, reason, code) => {
    const own = temporaryFolder()
    const file = written(own, `${what.replaceAll(' ', '-')}.yaml`, content)
    const outcomes = [
      await refusal(Show, file, '--kind', 'accelerator'),
      await refusal(Eval, '--accelerator', 'h100-sxm', '--model', file),
      await refusal(Sweep, file, '--store', `${own}/points.db`),
    ]
    for (const error of outcomes) {
      expect(error).toMatchObject({code, exitCode: 3})
      expect(error.message).toMatch(reason)
      expect(error.message).toContain(`${file}${place}`)
    }
    expect(contentsOf(own)).toHaveLength(1)
  })

  it('a folder, and a file that is not there', async () => {
    const folderError = await refusal(Show, written(folder, 'as-a-folder.yaml/inner', '').replace(/.inner$/, ''), '--kind', 'accelerator')
    expect(folderError).toMatchObject({code: 'FILE_UNREADABLE', exitCode: 3})
    expect(folderError.message).toMatch(/it is a folder$/)
    const missing = await refusal(Show, `${folder}/nowhere.yaml`, '--kind', 'accelerator')
    expect(missing).toMatchObject({code: 'FILE_UNREADABLE', exitCode: 3, message: `${folder}/nowhere.yaml: there is no such file`})
  })
})

const over = 'extends: h100-sxm\n'
const contradictory: readonly (readonly [what: string, content: string, place: string, reason: RegExp, hint: RegExp, code: string])[] = [
  ['an unknown key', `${over}memmories: {}\n`, ':2:12 /memmories', /not a key here/, /did you mean memories/, 'SPEC_INVALID'],
  ['__proto__', `${over}__proto__: {title: x}\n`, ':2:12 /__proto__', /not a key here/, /keys here/, 'SPEC_INVALID'],
  ['.inf', `${over}parameters: {sms: .inf}\n`, ':2:19 /parameters/sms', /Infinity/, /a quantity/, 'SPEC_INVALID'],
  ['.nan', `${over}parameters: {sms: .nan}\n`, ':2:19 /parameters/sms', /NaN/, /a quantity/, 'SPEC_INVALID'],
  [
    'a capacity below zero',
    `${over}memories: {hbm: {capacity: -80 GiB}}\n`,
    ':2:28 /memories/hbm/capacity',
    /more than zero/,
    /24 MiB/,
    'VALUE_OUT_OF_RANGE',
  ],
  [
    'a rate as an amount',
    `${over}memories: {hbm: {capacity: 24 MB/s}}\n`,
    ':2:28 /memories/hbm/capacity',
    /is a rate of data/,
    /24 MiB/,
    'QUANTITY_INVALID',
  ],
  ['an unknown unit', `${over}parameters: {l2: 24 MiBB}\n`, ':2:18 /parameters/l2', /"MiBB"/, /did you mean MiB/, 'QUANTITY_INVALID'],
  ['a parameter named as a unit', `${over}parameters: {b: 4}\n`, ':2:17 /parameters/b', /is a unit/, /longer name/, 'NAME_IS_UNIT'],
  ['a base that there is not', 'extends: h100-smx\n', ':1:10 /extends', /not a shipped/, /did you mean h100-sxm/, 'UNKNOWN_NAME'],
  [
    'a source that is not listed',
    `${over}parameters: {sms: {value: 12, source: hearsay}}\n`,
    ':2:',
    /"hearsay" is not under/,
    /known: /,
    'SOURCE_UNKNOWN',
  ],
  [
    'a circle of parameters',
    `${over}parameters: {first: second, second: first}\n`,
    ':2:',
    /first → second → first/,
    /value of its own/,
    'PARAMETER_CYCLE',
  ],
]

describe('a description that contradicts itself is refused with place, reason and hint:', () => {
  it.each(contradictory)('%s', async (what, content, place, reason, hint, code) => {
    const file = written(folder, `${what.replaceAll(/\W/g, '-')}.yaml`, content)
    const error = await refusal(Show, file, '--kind', 'accelerator')
    expect(error).toMatchObject({code, exitCode: 3})
    expect(error.message).toContain(`${file}${place}`)
    expect(error.message).toMatch(reason)
    expect(error.suggestions.join('\n')).toMatch(hint)
  })

  it('two accelerators that extend each other, with the path of the circle', async () => {
    written(folder, 'hen.yaml', 'extends: egg.yaml\n')
    const error = await refusal(Show, written(folder, 'egg.yaml', 'extends: hen.yaml\n'), '--kind', 'accelerator')
    expect(error.code).toBe('EXTENDS_CYCLE')
    expect(error.message).toMatch(/egg\.yaml → .*hen\.yaml → .*egg\.yaml/)
  })
})

describe('an expression that wants out of arithmetic is refused:', () => {
  it.each([
    'import("fs")',
    'sms = 4',
    'f(x) = x',
    'sms.constructor',
    'constructor',
    'constructor("return process")()',
    '__proto__',
    'evaluate("1+1")',
    'createUnit("x")',
    'random()',
    '[1, 2]',
    'sms[1]',
    '1 ? 2 : 3',
    '1; 2',
    '1/0',
    '0/0',
    '9^9^9^9',
    'sqrt(-1)',
    'Infinity',
    'NaN',
    '1e400',
    '"4"',
    '',
    `1${'+1'.repeat(400)}`,
    `${'('.repeat(249)}1${')'.repeat(248)}`,
  ])('%s', async (text) => {
    const file = written(folder, 'escape.yaml', `${over}title: Escape\nparameters:\n  extra: ${JSON.stringify(text)}\n`)
    const error = await refusal(Show, file)
    expect(error.exitCode).toBe(3)
    expect(error.message).toContain(`${file}:4:10 /parameters/extra`)
  })
})
