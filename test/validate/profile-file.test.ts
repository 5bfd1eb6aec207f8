import {readFileSync} from 'node:fs'
import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {entriesOf, profileOf} from '../../src/cost/calibrated/profile.js'
import {YamlSource} from '../../src/spec/yaml-source.js'
import {type Calibration, calibrate} from '../../src/validate/calibrate.js'
import {commandText, writeProfiles} from '../../src/validate/profile-file.js'
import {contentsOf, temporaryFolder, written} from '../faults/refusal.js'
import {madeTrace} from './made-trace.js'

const folder = temporaryFolder()
const provenance = {tool: 'ridgepoint 0.0.0', date: '2026-01-31', command: 'ridge calibrate'}
const split = {kind: 'folds', count: 2} as const
let accelerator = ''
let calibration: Calibration

beforeAll(async () => {
  accelerator = written(folder, 'mine.yaml', 'title: Mine\nextends: mi210\n')
  const traces = [await madeTrace(folder, 'mine', 'mi210'), await madeTrace(folder, 'l40s', 'l40s')]
  calibration = await calibrate({accelerator, traces, split})
})

describe('writeProfiles', () => {
  it('writes what is read back equal: parameters to the last digit, errors to four', () => {
    const {file} = writeProfiles(calibration, provenance)[0]!
    expect(file).toBe(path.join(folder, 'mine.profile.yaml'))
    const [entry, ...others] = entriesOf(file)
    const [fitted] = calibration.classes
    expect(others).toEqual([])
    expect([...entry!.parameters]).toEqual(fitted!.parameters.map(({value}) => value))
    expect(entry).toMatchObject({device: 'mine', class: 'softmax', dtype: 'bf16', rowCount: 48, launch: 'alone', range: fitted!.range})
    for (const errors of ['roofline', 'fitted', 'heldOut'] as const) {
      for (const name of ['mape', 'median', 'p90', 'bias'] as const)
        expect(Math.abs(entry![errors][name] - fitted![errors][name])).toBeLessThanOrEqual(1e-3 * Math.abs(fitted![errors][name]))
    }
    expect(entry!.transfer.map(({device, rows}) => [device, rows])).toEqual([['l40s', 48]])
  })

  it('stands where the accelerator looks for it', () => {
    writeProfiles(calibration, provenance)
    expect(profileOf(loadAccelerator(accelerator))[0]).toMatchObject({device: 'mine', class: 'softmax'})
  })

  it('says where it comes from: rows, split, traces, sources, date, tool and command', () => {
    const {file} = writeProfiles(calibration, provenance)[0]!
    const data = YamlSource.read(file).data as {provenance: unknown; classes: readonly {rows: number}[]}
    expect(data.provenance).toEqual({
      ...provenance,
      split: '2 folds by shape',
      traces: ['mine.csv', 'l40s.csv'],
      sources: ['made, by hand'],
    })
    expect(data.classes.map(({rows}) => rows)).toEqual([48])
    expect(readFileSync(file, 'utf8')).toMatch(/^# Parameters of kernel-time models/)
  })

  it('replaces a profile of another version, and says what one of this version also held', () => {
    const file = written(folder, 'mine.profile.yaml', 'device: mine\nconstants: {computeEfficiencyRatio: 0.8}\n')
    expect(writeProfiles(calibration, provenance)).toEqual([{file, lost: []}])
    const [only] = calibration.classes
    const other = {...calibration, classes: [{...only!, dtype: 'fp32' as const}]}
    expect(writeProfiles(other, provenance)).toEqual([{file, lost: ['softmax bf16 alone']}])
    expect(entriesOf(file).map(({dtype}) => dtype)).toEqual(['fp32'])
  })

  it('leaves no draft behind', () => {
    writeProfiles(calibration, provenance)
    expect(contentsOf(folder).filter((name) => name.includes('draft'))).toEqual([])
  })
})

describe('commandText', () => {
  it('names files without their folders, and quotes what a shell would part', () => {
    const words = ['ridge', 'calibrate', '--trace', '/home/me/traces/gemm.csv', 'C:\\traces\\my gemm.csv', '--holdout=0.5', '--write']
    expect(commandText(words)).toBe('ridge calibrate --trace gemm.csv "my gemm.csv" --holdout=0.5 --write')
  })
})
