import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import MapArray from '../../src/commands/map/array.js'
import {runCommand} from '../support/run-command.js'
import {caseName, dataflowOf, problemText, scaleSimCases} from '../support/scale-sim-cases.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridge-array-'))
})
afterAll(() => rmSync(folder, {recursive: true}))

const problemFile = (text: string): string => {
  const file = path.join(folder, 'problem.yaml')
  writeFileSync(file, text)
  return file
}
const gemm = (): string => problemFile('dtype: int16\ngemm: {m: 64, n: 64, k: 64}\n')

describe('ridge map array', () => {
  it('shows folds, words and waits of each dataflow', async () => {
    const {stdout} = await runCommand(MapArray, ['--array', '16x16', '-p', gemm(), '--buffer', '4KiB', '--bandwidth', '8 B/cycle'])
    // Elements of two bytes: 2048 words, 4 a cycle.
    expect(stdout).toMatch(/output-stationary +16 +0 +64 +30 +1504 +16 +100 % +68.1 %/)
    expect(stdout).toMatch(/output-stationary +4254 +2750 +256 +64 +16384 +4096 +0 +4096/)
  })

  it('waits for nothing without buffers', async () => {
    const {stdout} = await runCommand(MapArray, ['--array', '16x16', '-p', gemm(), '--preload'])
    expect(stdout).toContain('tiles move in beside the work')
    expect(stdout).not.toContain('stalls')
  })

  it.each([
    [['--array', '0x4'], '"0x4" gives no rows and columns'],
    [['--array', '4x4', '--buffer', '2KiB'], '--bandwidth'],
  ])('refuses %s', async (flags, reason) => {
    const {error} = await runCommand(MapArray, [...flags, '-p', gemm()])
    expect(error?.message).toContain(reason)
  })

  const stallFree = scaleSimCases.filter((run) => run.interface === 'CALC').map((run) => ({name: caseName(run), run}))
  it.skipIf(stallFree.length === 0).each(stallFree)('$name: as SCALE-Sim 2', async ({run}) => {
    const flags = ['--array', `${run.array_h}x${run.array_w}`, '-p', problemFile(problemText(run)), '--counting', 'scale-sim-2', '--json']
    const {result} = await runCommand(MapArray, flags)
    const own = result!.runs.find(({dataflow}) => dataflow === dataflowOf[run.dataflow])!
    expect(own.cycles).toBe(run.outputs['total_cycles'])
    expect(100 * own.mappingEfficiencyRatio).toBeCloseTo(run.outputs['mapping_eff']!, 12)
  })
})
