import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import Calibrate from '../../src/commands/calibrate.js'
import Eval from '../../src/commands/eval.js'
import {runCommand} from '../support/run-command.js'
import {madeTrace} from '../validate/made-trace.js'
import {contentsOf, refusal, temporaryFolder, written} from './refusal.js'

const folder = temporaryFolder()
let trace = ''

beforeAll(async () => {
  trace = await madeTrace(folder, 'a100-sxm-80gb')
})

describe('a calibration refuses', () => {
  it('a generation that is none, with the nearest', async () => {
    const error = await refusal(Calibrate, '--generation', 'hoper', '--trace', trace)
    expect(error).toMatchObject({code: 'UNKNOWN_NAME', exitCode: 3, message: '"hoper" is not a known generation'})
    expect(error.suggestions[0]).toBe('did you mean hopper')
  })

  it('an accelerator that is none, with the nearest', async () => {
    const error = await refusal(Calibrate, '--accelerator', 'a100-sxm-80bg', '--trace', trace)
    expect(error).toMatchObject({code: 'UNKNOWN_NAME', exitCode: 3})
    expect(error.suggestions[0]).toBe('did you mean a100-sxm-80gb')
  })

  it.each(['0', '1.5', 'half'])('the share "%s" to hold out', async (share) => {
    const error = await refusal(Calibrate, '--holdout', share, '--trace', trace)
    expect(error).toMatchObject({code: 'BAD_VALUE', exitCode: 2})
    expect(error.message).toBe(`--holdout is "${share}", but a share between 0 and 1 is expected`)
  })

  it.each([
    [['--folds', '1'], /--folds/],
    [['--folds', '5', '--holdout', '0.5'], /--holdout/],
    [['--accelerator', 'a40', '--generation', 'ampere'], /a40 is not of the generation ampere, but of ampere-graphics/],
  ])('%j', async (flags, message) => {
    const error = await refusal(Calibrate, ...flags, '--trace', trace)
    expect(error).toMatchObject({code: 'USAGE', exitCode: 2})
    expect(error.message).toMatch(message)
  })

  it('a folder without a trace, and a file that is not there', async () => {
    const empty = temporaryFolder()
    expect(await refusal(Calibrate, '--trace', empty)).toMatchObject({code: 'FILE_UNREADABLE', exitCode: 3})
    expect((await refusal(Calibrate, '--trace', path.join(empty, 'nowhere.csv'))).message).toMatch(/nowhere\.csv/)
  })

  it('rows of another device, and says which there are', async () => {
    const error = await refusal(Calibrate, '--accelerator', 'h100-sxm', '--trace', trace)
    expect(error).toMatchObject({code: 'NOTHING_TO_FIT', exitCode: 3})
    expect(error.suggestions).toEqual(['the column `device` must say h100-sxm; the traces hold a100-sxm-80gb'])
  })

  it('rows of another generation', async () => {
    const error = await refusal(Calibrate, '--generation', 'hopper', '--trace', trace)
    expect(error.suggestions).toEqual([
      'the column `device` must say the name of a shipped accelerator of the generation hopper; the traces hold a100-sxm-80gb',
    ])
  })

  it('rows of an accelerator file by another name than the file’s', async () => {
    const file = written(folder, 'my-gpu.yaml', 'title: Mine\nextends: a100-sxm-80gb\n')
    const error = await refusal(Calibrate, '--accelerator', file, '--trace', trace)
    expect(error.suggestions).toEqual(['the column `device` must say my-gpu; the traces hold a100-sxm-80gb'])
  })

  it('fewer than 20 rows of a class, and counts them', async () => {
    const few = await madeTrace(temporaryFolder(), 'a100-sxm-80gb', 'a100-sxm-80gb', 19)
    const error = await refusal(Calibrate, '--accelerator', 'a100-sxm-80gb', '--trace', few)
    expect(error.message).toBe('the traces hold no class of kernels with 20 rows of 10 shapes or more of what is to be fitted')
    expect(error.suggestions).toEqual(['measure more; there are 19 rows of softmax bf16 on a100-sxm-80gb'])
  })

  it('a bad row, and writes no profile', async () => {
    const own = temporaryFolder()
    const accelerator = written(own, 'mine.yaml', 'extends: h100-sxm\n')
    const file = written(own, 'bad.csv', 'device,op,dtype,m,n,latency_us\nmine,softmax,bf16,8,8,fast\n')
    const error = await refusal(Calibrate, '--accelerator', accelerator, '--trace', file, '--write')
    expect(error.code).toBe('TRACE_INVALID')
    expect(error.message).toMatch(/bad\.csv:2:\d+ latency_us\n/)
    expect(contentsOf(own)).toEqual(['bad.csv', 'mine.yaml'])
  })

  it('to write where a folder stands, with no draft left behind', async () => {
    const own = temporaryFolder()
    const accelerator = written(own, 'mine.yaml', 'title: Mine\nextends: a100-sxm-80gb\n')
    written(own, 'mine.profile.yaml/in-the-way', '')
    const file = await madeTrace(temporaryFolder(), 'mine')
    const {exitCode, stderr} = await runCommand(Calibrate, ['--accelerator', accelerator, '--trace', file, '--folds', '2', '--write'])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/mine\.profile\.yaml can't be written: .*\nCode: FILE_UNWRITABLE\n/)
    expect(contentsOf(own)).toEqual(['mine.profile.yaml', path.join('mine.profile.yaml', 'in-the-way'), 'mine.yaml'])
  })
})

describe('a profile of another version', () => {
  it('is refused where it is used, with its place and how it is made anew', async () => {
    const own = temporaryFolder()
    const accelerator = written(own, 'old.yaml', 'title: Old\nextends: a100-sxm-80gb\n')
    const errors = '{mape: 0.1, median: 0.1, p90: 0.2, bias: 0}'
    const head = 'device: old\nprovenance: {tool: t, date: d, command: c, split: s, traces: [], sources: []}\nclasses:\n'
    const entry = `  - {class: softmax, dtype: bf16, rows: 20, launch: graph, roofline: ${errors}, fitted: ${errors}, heldOut: ${errors}, range: {},\n`
    written(own, 'old.profile.yaml', `${head}${entry}    parameters: {computeEfficiencyRatio: {value: 0.8, unit: ratio}}}\n`)
    const error = await refusal(Eval, '--accelerator', accelerator, '--model', 'gpt2', '--phase', 'prefill')
    expect(error).toMatchObject({code: 'SPEC_INVALID', exitCode: 3})
    expect(error.message).toMatch(/old\.profile\.yaml:5:\d+ \/classes\/0\/parameters\/computeEfficiencyRatio\n/)
    expect(error.suggestions.join()).toContain('ridge calibrate')
  })
})
