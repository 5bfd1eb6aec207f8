import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Choose from '../../src/commands/choose.js'
import Front from '../../src/commands/front.js'
import Report from '../../src/commands/report.js'
import Sweep from '../../src/commands/sweep.js'
import {queryPoints} from '../../src/store/query.js'
import {openStore} from '../../src/store/store.js'
import {runCommand} from '../support/run-command.js'
import {temporaryFolder, writeStudy} from '../sweep/studies.js'

const text = `title: t
fidelity: roofline
spaces:
  - accelerator: ./machine.yaml
    axes:
      hbmBandwidth: {from: 2 TB/s, to: 8 TB/s}
      clock: {from: 990 MHz, to: 1980 MHz}
workloads: [{model: gpt2, phase: decode}]
axes:
  batch: [1, 8, 64]
constraints: [averageWatts <= 500 W]
objectives: [latencySeconds, joulesPerToken]
`
const phases = text.replace('phase: decode}', 'phase: decode}, {model: gpt2, phase: prefill, promptTokens: 128}')

async function searchedFiles(written: string, ...searches: readonly (readonly string[])[]) {
  const folder = temporaryFolder()
  const [study, store] = [writeStudy(written, folder), path.join(folder, 'points.db')]
  for (const flags of searches) {
    const {exitCode} = await runCommand(Sweep, [study, '--store', store, ...flags])
    expect(exitCode).toBe(0)
  }
  return {folder, study, store}
}

const byCma = ['--optimizer', 'cma-es', '--evaluations', '60']
const byNsga = ['--optimizer', 'nsga-2', '--evaluations', '80', '--seed', '3']

describe('a study searched over axes without levels', () => {
  it('is answered from every search that its store holds, without the flags of one', async () => {
    const {study, store} = await searchedFiles(text, byCma, byNsga)
    const {result} = await runCommand(Front, [study, '--store', store, '--save', 'power'])
    const [front] = result!.workloads
    expect(front!.pointCount).toBe(140)
    const open = openStore(store, {mode: 'read'})
    const [best] = queryPoints(open, {where: ['averageWatts <= 500 W'], sort: ['latencySeconds'], limit: 1}).rows
    open.close()
    expect(front!.designs.find(({names}) => names.includes('least latencySeconds'))!.point['latencySeconds']).toBe(best!['latencySeconds'])
    const chosen = await runCommand(Choose, [study, '--store', store])
    expect(chosen.result).toMatchObject({designCount: 140, servingCount: front!.feasibleCount})
    expect(chosen.result!.designs[0]!.workloads[0]!.resultValue).toBe(best!['latencySeconds'])
    expect(
      (await runCommand(Report, [study, '--store', store, '--out', path.join(path.dirname(store), 'report'), '--format', 'html'])).exitCode,
    ).toBe(0)
  })

  it('has its searches judged by what the study claims and wants now', async () => {
    const {folder, store} = await searchedFiles(text, byCma)
    const now = writeStudy(text.replace('<= 500 W', '<= 200 W').replace('latencySeconds, ', ''), folder, 'now')
    const {result} = await runCommand(Front, [now, '--store', store])
    const [{pointCount, designs}] = result!.workloads as [(typeof result & {})['workloads'][number]]
    expect(pointCount).toBe(60)
    for (const {point} of designs) expect(point['averageWatts']).toBeLessThanOrEqual(200)
  })

  it('is told how to be searched where its store holds no search of it', async () => {
    const {folder, study, store} = await searchedFiles(text, byCma)
    const wider = writeStudy(text.replace('to: 8 TB/s', 'to: 9 TB/s'), folder, 'wider')
    for (const asked of [Front, Choose, Report]) {
      const {stderr, exitCode} = await runCommand<Front | Choose | Report>(asked, [wider, '--store', store])
      expect(exitCode).toBe(3)
      expect(stderr).toContain('holds no search of machine with gpt2, and without one the study names no points')
      expect(stderr).toContain('NO_POINTS')
      expect(stderr).toContain('ridge sweep wider --optimizer nsga-2 --evaluations 2000')
    }
    expect((await runCommand(Front, [study, '--store', store])).exitCode).toBe(0)
  })

  it('has no design that serves several workloads, each searched by itself', async () => {
    const {study, store} = await searchedFiles(phases, byNsga)
    const {stderr, exitCode} = await runCommand(Choose, [study, '--store', store])
    expect(exitCode).toBe(3)
    expect(stderr).toContain(
      'machine was searched for each workload by itself, over axes without levels, so that no design serves them all',
    )
    expect(stderr).toMatch(/SEARCHED_APART[\s\S]*sampler: \{kind: sobol/)
  })
})
