import {existsSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Choose from '../../src/commands/choose.js'
import Front from '../../src/commands/front.js'
import Report from '../../src/commands/report.js'
import Run from '../../src/commands/run.js'
import Sweep from '../../src/commands/sweep.js'
import {UserError} from '../../src/foundation/user-error.js'
import {writeReport} from '../../src/report/write-report.js'
import {exportFormatOf} from '../../src/store/export.js'
import {mergeStoreFiles} from '../../src/store/merge.js'
import {sampleReport} from '../report/sample-report.js'
import {runCommand} from '../support/run-command.js'
import {contentsOf, refusal, temporaryFolder, written} from './refusal.js'

const study = `title: Small
spaces:
  - accelerator: h100-sxm
    axes: {sms: [100, 132]}
workloads:
  - {model: gpt2, phase: decode, contextTokens: 512}
axes: {batch: [1, 4]}
constraints: [averageWatts <= 700 W]
objectives: [latencySeconds, energyJoules]
`

describe('a study that cannot be used leaves no store behind:', () => {
  it.each([
    ['no streaming multiprocessors', '[100, 132]', '[100, 0]', ':4:17 /spaces/0/axes/sms', /4 \* sms is 0/],
    ['fewer than none', '[100, 132]', '[100, -3]', ':4:17 /spaces/0/axes/sms', /4 \* sms is -12/],
    ['not a number of them', '[100, 132]', '[100, .nan]', ':4:23 /spaces/0/axes/sms/1', /NaN/],
    ['a batch of none', '[1, 4]', '[1, 0]', ':7:19 /axes/batch/1', /batch is 0/],
    ['a range without end', '[1, 4]', '{from: 1, to: 99999999, step: 1}', ':7:15 /axes/batch', /more than 10000000/],
    ['an unknown accelerator', 'h100-sxm', 'h100-smx', ':3:18 /spaces/0/accelerator', /not a shipped accelerator/],
    ['a constraint that escapes', 'averageWatts <= 700 W', 'import("fs") <= 1', ':8:15 /constraints/0', /import/],
    ['a constraint of two dimensions', '700 W', '700 MHz', ':8:15 /constraints/0', /a power beside a frequency/],
  ])('%s', async (_what, from, to, place, reason) => {
    const folder = temporaryFolder()
    const file = written(folder, 'small study.yaml', study.replace(from, to))
    const error = await refusal(Sweep, file, '--store', path.join(folder, 'points.db'))
    expect(error.exitCode).toBe(3)
    expect(error.message).toContain(`${file}${place}`)
    expect(error.message).toMatch(reason)
    expect(contentsOf(folder)).toEqual(['small study.yaml'])
  })

  it('measurements that are not there, or a figure without its fields: refused before the sweep', async () => {
    const folder = temporaryFolder()
    const traces = written(folder, 'traces.yaml', `${study}validate: {traces: [nowhere.csv]}\n`)
    const missing = await refusal(Run, traces, '--out', path.join(folder, 'out'))
    expect(missing).toMatchObject({code: 'FILE_UNREADABLE', exitCode: 3})
    expect(missing.message).toContain('/validate/traces/0')
    const figures = written(folder, 'figures.yaml', `${study}report: {figures: [{name: front, chart: pareto, title: Front, x: latency}]}\n`)
    const incomplete = await refusal(Run, figures, '--out', path.join(folder, 'out'))
    expect(incomplete).toMatchObject({code: 'FIGURE_INCOMPLETE', exitCode: 3, suggestions: ['add workloads to this figure']})
    expect(contentsOf(folder)).toEqual(['figures.yaml', 'traces.yaml'])
  })
})

describe('a study without an answer', () => {
  it('ends with 4 and says which constraint removes how many points', async () => {
    const folder = temporaryFolder()
    const file = written(folder, 'cold.yaml', study.replace('700 W', '70 W'))
    const error = await refusal(Sweep, file, '--store', path.join(folder, 'points.db'))
    expect(error).toMatchObject({code: 'INFEASIBLE', exitCode: 4})
    expect(error.message).toContain('averageWatts <= 70 W removes 4 of 4, 4 of them alone')
  })

  it('has no report before it was swept, and none from the store of another study', async () => {
    const folder = temporaryFolder()
    const file = written(folder, 'small.yaml', study)
    const store = path.join(folder, 'points.db')
    expect(await refusal(Report, file, '--store', store)).toMatchObject({code: 'STORE_MISSING', exitCode: 3})
    expect((await runCommand(Sweep, [file, '--store', store])).exitCode).toBe(0)
    const other = written(folder, 'other.yaml', study.replace('gpt2', 'opt-1.3b'))
    expect(await refusal(Report, other, '--store', store, '--out', path.join(folder, 'out'))).toMatchObject({
      code: 'NO_POINTS',
      exitCode: 3,
    })
    for (const command of [Front, Choose])
      expect(await refusal(command, other, '--store', store)).toMatchObject({
        code: 'NO_POINTS',
        exitCode: 3,
        suggestions: [expect.stringContaining(`other.yaml --store ${store}`)],
      })
  })
})

it('a report that Ctrl-C stops leaves no half of a figure', async () => {
  const folder = path.join(temporaryFolder(), 'out')
  const stopped = new UserError('stopped by Ctrl-C', {code: 'INTERRUPTED', exitCode: 130})
  await expect(writeReport(sampleReport(10), folder, {signal: AbortSignal.abort(stopped)})).rejects.toBe(stopped)
  expect(contentsOf(folder)).toEqual(['figures'])
})

describe('a place that cannot be written is named:', () => {
  it('a store or a report below a file', async () => {
    const folder = temporaryFolder()
    const file = written(folder, 'small.yaml', study)
    const below = await refusal(Sweep, file, '--store', path.join(file, 'deeper', 'points.db'))
    expect(below).toMatchObject({code: 'FOLDER_UNWRITABLE', exitCode: 3})
    expect(below.message).toMatch(/small\.yaml.*a file stands where a folder is needed/)
    // Node's own way of making folders within each other never ends here.
    if (existsSync('/proc'))
      expect(await refusal(Sweep, file, '--store', '/proc/x/points.db')).toMatchObject({code: 'FOLDER_UNWRITABLE', exitCode: 3})
    const store = path.join(folder, 'points.db')
    await runCommand(Sweep, [file, '--store', store])
    const report = await refusal(Report, file, '--store', store, '--out', file)
    expect(report).toMatchObject({code: 'REPORT_NOT_WRITTEN', exitCode: 3})
    expect(report.message).toMatch(/a file stands where a folder is needed/)
  })

  it('an export whose ending names no format, and a store that would be merged into itself', () => {
    expect(() => exportFormatOf(undefined, 'points.xyz')).toThrow(expect.objectContaining({code: 'EXPORT_FORMAT', exitCode: 2}))
    const store = path.join(temporaryFolder(), 'points.db')
    expect(() => mergeStoreFiles(store, [store])).toThrow(expect.objectContaining({code: 'STORE_MERGE_ITSELF', exitCode: 3}))
  })
})
