import path from 'node:path'
import {expect, it} from 'vitest'
import Query from '../../src/commands/query.js'
import {runStudySweep, type SweepSummary} from '../../src/study/run-sweep.js'
import {loadStudy} from '../../src/sweep/study.js'
import {nextText} from '../../src/view/next-step.js'
import {runCommand} from '../support/run-command.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

async function swept(text: string, fidelity?: string): Promise<SweepSummary> {
  const folder = temporaryFolder()
  return (await runStudySweep(loadStudy(writeStudy(text, folder), {fidelity}), {storeFile: path.join(folder, 'points.db')})).summary
}

/** The words of the command that is suggested, as a shell would part them. */
function suggested(summary: SweepSummary): string[] {
  const [line] = nextText(summary).split('\n')
  const [, words] = /^next {5}ridge query (.*)$/.exec(line!)!
  return [...words!.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!)
}

it('what is suggested next finds the very front of the study, without the designs that it rejects', async () => {
  const limits = 'constraints: [dieSquareMillimetres <= 780 mm^2, power <= 0.4 kW, clock < 1.9 GHz, fitsInMemory == 1]\n'
  const summary = await swept(smallStudy + limits)
  const {feasibleCount, pointCount, frontCount} = summary.workloads[0]!
  expect([feasibleCount > 0, feasibleCount < pointCount]).toEqual([true, true])
  const argv = suggested(summary)
  expect(argv[argv.indexOf('--where') + 1]).toBe(
    'dieSquareMillimetres <= 780 mm^2 and power <= 0.4 kW and clock < 1.9 GHz and fitsInMemory = 1',
  )
  const {exitCode, result} = await runCommand(Query, argv)
  expect(exitCode).toBe(0)
  const {rows} = result as {rows: readonly Record<string, number>[]}
  expect(rows).toHaveLength(frontCount)
  for (const row of rows) expect(row['clock']).toBeLessThan(1.9e9)
})

it('what a query cannot say is left out, and named', async () => {
  const summary = await swept(`${smallStudy}constraints: ["latencySeconds * batch < 4 s", averageWatts <= 500 W]\n`)
  expect(suggested(summary)).toContain('averageWatts <= 500 W')
  expect(nextText(summary)).toContain('leaves out what a query cannot say: latencySeconds * batch < 4 s')
})

it('what is suggested keeps to the fidelity that was asked for, and to goals as they are', async () => {
  const summary = await swept(
    smallStudy.replace('[latency, energyPerToken]', '[{metric: throughput, goal: max}, energyPerToken]'),
    'roofline',
  )
  expect(suggested(summary)).toEqual([summary.storeFile, '--where', 'fidelity = roofline', '--pareto=-tokensPerSecond,joulesPerToken'])
  expect((await runCommand(Query, suggested(summary))).exitCode).toBe(0)
})

it('without limits the front is all that is suggested', async () => {
  const summary = await swept(smallStudy)
  expect(suggested(summary)).toEqual([summary.storeFile, '--pareto=latencySeconds,joulesPerToken'])
})
