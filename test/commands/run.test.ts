import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Run from '../../src/commands/run.js'
import {fullStudy} from '../study/studies.js'
import {runCommand} from '../support/run-command.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

describe('ridge run', () => {
  it('sweeps, validates and reports, and a second run computes nothing new', async () => {
    const folder = temporaryFolder()
    const study = fullStudy(folder)
    const out = path.join(folder, 'out')
    const {exitCode, stdout, result} = await runCommand(Run, [study, '--out', out])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`24 points in ${path.join(out, 'points.db')}, 24 of them computed now`)
    expect(stdout).toMatch(/model against \d+ of \d+ measured rows: latency [\d.]+ % off on average/)
    expect(stdout).toContain(`report   ${path.join(out, 'report.html')}`)
    expect(stdout).toMatch(/next +ridge query /)
    expect(result!.report.files).toHaveLength(1 + 12 * 5)
    for (const file of result!.report.files) expect(existsSync(file)).toBe(true)

    const again = await runCommand(Run, [study, '--out', out, '--json'])
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(JSON.stringify(again.result)))
    expect(again.result!.sweep).toMatchObject({pointCount: 24, computedCount: 0})
  })

  it('keeps the points of a study whose constraints nothing meets, says which, and writes no report', async () => {
    const folder = temporaryFolder()
    const study = writeStudy(`${smallStudy}constraints: [averageWatts <= 20 W]\n`, folder)
    const out = path.join(folder, 'out')
    const {exitCode, stderr} = await runCommand(Run, [study, '--out', out])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('averageWatts <= 20 W removes 12')
    expect(existsSync(path.join(out, 'points.db'))).toBe(true)
    expect(existsSync(path.join(out, 'report.html'))).toBe(false)
  })

  it('names the line of a figure that cannot be drawn', async () => {
    const folder = temporaryFolder()
    const study = writeStudy(`${smallStudy}report: {figures: [{name: a, chart: paretto, title: A}]}\n`, folder)
    const {exitCode, stderr} = await runCommand(Run, [study, '--out', path.join(folder, 'out')])
    const line =
      readFileSync(study, 'utf8')
        .split('\n')
        .findIndex((each) => each.includes('paretto')) + 1
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(new RegExp(`small\\.yaml:${line}:\\d+ /report/figures/0/chart`))
    expect(stderr).toContain('pareto')
  })
})
