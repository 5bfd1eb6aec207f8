import {existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {planOf, shardStore, sweepFiles, writePlan} from '../../src/cluster/plan.js'
import type {SweepStatus} from '../../src/cluster/sweep-status.js'
import StoreMerge from '../../src/commands/store/merge.js'
import SweepStatusCommand from '../../src/commands/sweep/status.js'
import Sweep from '../../src/commands/sweep.js'
import {runCommand} from '../support/run-command.js'
import {allPoints} from '../support/stored-points.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

/** A study of two spaces, so that a shard can begin in one and end in the other. */
const twoSpaces = smallStudy.replace(
  'workloads:',
  `  - accelerator: ./machine.yaml
    set: {l2: 60 MiB}
    axes:
      sms: [100, 120]
      clock: [1410 MHz]
workloads:`,
)

function place(): {study: string; out: string; folder: string} {
  const folder = temporaryFolder()
  return {study: writeStudy(twoSpaces, folder), out: path.join(folder, 'sweep'), folder}
}

async function statusOf(out: string): Promise<SweepStatus> {
  return (await runCommand(SweepStatusCommand, [out, '--json'])).result as SweepStatus
}

describe('ridge sweep --shard', () => {
  it('computes its part alone, and seven parts joined are one run, point for point', async () => {
    const {study, folder} = place()
    const alone = path.join(folder, 'alone.db')
    await runCommand(Sweep, [study, '--store', alone])
    const stores = Array.from({length: 7}, (_, index) => path.join(folder, `shard-${index + 1}.db`))
    const counts: number[] = []
    for (const [index, store] of stores.entries()) {
      const {result, exitCode, stdout} = await runCommand(Sweep, [study, '--shard', `${index + 1}/7`, '--store', store])
      expect(exitCode).toBe(0)
      expect(stdout).toContain(`shard ${index + 1} of 7: ${allPoints(store).length} points in ${store}`)
      counts.push((result as {pointCount: number}).pointCount)
    }
    // ceil(i · 16 / 7) for i from 0 to 7: 0 3 5 7 10 12 14 16
    expect(counts).toEqual([3, 2, 2, 3, 2, 2, 2])
    const all = path.join(folder, 'all.db')
    await runCommand(StoreMerge, [all, ...stores])
    expect(allPoints(all)).toEqual(allPoints(alone))
    expect(allPoints(all)).toHaveLength(16)
  })

  it.each(['random', 'latin-hypercube', 'sobol'])(
    'shares a %s sample by index as well: its parts joined are the whole of it',
    async (kind) => {
      const {folder} = place()
      const sampled = smallStudy
        .replace('clock: [1410 MHz, 1980 MHz]', 'clock: {from: 1410 MHz, to: 1980 MHz}')
        .replace('objectives:', `sampler: {kind: ${kind}, points: 50, seed: 7}\nobjectives:`)
      const study = writeStudy(sampled, folder, 'sampled')
      const [alone, all] = [path.join(folder, 'alone.db'), path.join(folder, 'all.db')]
      await runCommand(Sweep, [study, '--store', alone])
      const stores = [1, 2, 3].map((index) => path.join(folder, `shard-${index}.db`))
      for (const [index, store] of stores.entries()) await runCommand(Sweep, [study, '--shard', `${index + 1}/3`, '--store', store])
      await runCommand(StoreMerge, [all, ...stores])
      expect(allPoints(all)).toEqual(allPoints(alone))
      expect(allPoints(all)).toHaveLength(50)
    },
  )

  it('says nothing of a front that a part cannot know, and is no failure where no point of it meets the constraints', async () => {
    const {folder} = place()
    const study = writeStudy(`${smallStudy}constraints: [averageWatts <= 1 W]\n`, folder, 'strict')
    const {exitCode, stdout} = await runCommand(Sweep, [study, '--shard', '2/3', '--store', path.join(folder, 's.db')])
    expect({exitCode, isQuiet: !stdout.includes('front')}).toEqual({exitCode: 0, isQuiet: true})
  })

  it('takes its place from a job array, and refuses to guess one', async () => {
    const {study, folder} = place()
    const store = path.join(folder, 's.db')
    process.env['JOB_COMPLETION_INDEX'] = '4'
    const {result} = await runCommand(Sweep, [study, '--shard', 'auto/7', '--store', store])
    expect(result).toMatchObject({shardIndex: 5, shardCount: 7, pointCount: 2})
    delete process.env['JOB_COMPLETION_INDEX']
    const {stderr, exitCode} = await runCommand(Sweep, [study, '--shard', 'auto/7', '--store', store])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('none of its variables is set here')
  })
})

afterEach(() => {
  delete process.env['JOB_COMPLETION_INDEX']
})

describe('shards in one folder', () => {
  it('tell how far the sweep is, and join once all are complete', async () => {
    const {study, out, folder} = place()
    for (const index of [1, 3]) await runCommand(Sweep, [study, '--shard', `${index}/3`, '--out', out])
    const {stdout, result} = await runCommand(SweepStatusCommand, [out])
    expect(stdout).toContain('small in')
    expect(stdout).toContain('2 of 3 shards done')
    expect(stdout).toContain('68.8 % · 11 of 16 points')
    expect(stdout).toContain('done 2 · running 0 · pending 0 · stopped 0 · failed 0 · missing 1')
    expect(result).toMatchObject({states: {done: 2, missing: 1}, doneCount: 11, merge: {state: 'missing'}})
    const early = await runCommand(SweepStatusCommand, [out, '--complete'])
    expect(early.exitCode).toBe(3)
    expect(early.stderr).toContain('1 of 3 shards is not complete: 2')
    expect(early.stderr).toContain('SHARDS_INCOMPLETE')
    expect(early.stderr).toContain(`compute what is missing: ridge sweep STUDY --shard 2/3 --out ${out}`)
    await runCommand(Sweep, [study, '--shard', '2/3', '--out', out])
    expect((await runCommand(SweepStatusCommand, [out, '--complete'])).stdout).toContain('all 3 shards are complete')
    const alone = path.join(folder, 'alone.db')
    await runCommand(Sweep, [study, '--store', alone])
    await runCommand(StoreMerge, [sweepFiles(out).points, ...[1, 2, 3].map((index) => shardStore(out, index))])
    expect(allPoints(sweepFiles(out).points)).toEqual(allPoints(alone))
    expect(await statusOf(out)).toMatchObject({states: {done: 3}, merge: {state: 'done'}})
  })

  it('are missing where a store was lost or cut short, until they are run again', async () => {
    const {study, out} = place()
    for (const index of [1, 2]) await runCommand(Sweep, [study, '--shard', `${index}/2`, '--out', out])
    rmSync(shardStore(out, 1))
    truncateSync(shardStore(out, 2), 4096)
    const status = await runCommand(SweepStatusCommand, [out])
    expect(status.result).toMatchObject({states: {done: 0, missing: 2}, doneCount: 0})
    expect(status.stdout).toContain(`compute what is missing: ridge sweep STUDY --shard 1/2 --out ${out}`)
    for (const index of [1, 2]) await runCommand(Sweep, [study, '--shard', `${index}/2`, '--out', out])
    expect((await statusOf(out)).states.done).toBe(2)
  })

  it('are computed again where their store was damaged, to the same points', async () => {
    const {study, out} = place()
    const run = () => runCommand(Sweep, [study, '--shard', '1/2', '--out', out])
    await run()
    const points = allPoints(shardStore(out, 1))
    const {size} = statSync(shardStore(out, 1))
    for (const damaged of [Buffer.alloc(size, 'no store'), readFileSync(shardStore(out, 1)).fill(255, 4096)]) {
      writeFileSync(shardStore(out, 1), damaged)
      expect((await run()).stderr).toBe('')
      expect(allPoints(shardStore(out, 1))).toEqual(points)
    }
  })

  it('refuse a study that changed, and another number of shards, and say so in the status', async () => {
    const {study, out} = place()
    await runCommand(Sweep, [study, '--shard', '1/3', '--out', out])
    const others = await runCommand(Sweep, [study, '--shard', '2/4', '--out', out])
    expect(others.exitCode).toBe(3)
    expect(others.stderr).toContain('has 3 shards, not 4')
    expect(others.stderr).toContain('PLAN_OTHER_SHARDS')
    writeFileSync(study, readFileSync(study, 'utf8').replace('batch: [1, 8]', 'batch: [1, 16]'))
    const changed = await runCommand(Sweep, [study, '--shard', '3/3', '--out', out])
    expect(changed.exitCode).toBe(3)
    expect(changed.stderr).toContain('STUDY_CHANGED')
    const {shards} = await statusOf(out)
    expect(shards.map(({state}) => state)).toEqual(['done', 'missing', 'failed'])
    expect(shards[2]!.lastWords).toMatch(/is not what the sweep in .* was planned for: axis batch of space 1 and 1 more changed/)
  })
})

describe('ridge sweep --engine slurm, wherever it is asked for', () => {
  const path0 = process.env['PATH']
  afterEach(() => {
    process.env['PATH'] = path0
  })

  it('says what is missing on a machine without the commands of Slurm', async () => {
    const {study, out} = place()
    process.env['PATH'] = out
    const {exitCode, stderr} = await runCommand(Sweep, [study, '--engine', 'slurm', '--shards', '4', '--out', out])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('scontrol is not on this machine: --engine slurm needs the commands of a Slurm cluster')
    expect(stderr).toContain('SLURM_MISSING')
    expect(existsSync(out)).toBe(false)
  })

  it('tells what it can of a submitted sweep where Slurm cannot be asked, and submits nothing', async () => {
    const {study, out} = place()
    await runCommand(Sweep, [study, '--shard', '1/3', '--out', out])
    const plan = planOf(out)
    const array = {jobId: '7', tasks: [[1], [2], [3]]}
    writePlan(out, {...plan, submissions: [{submittedAt: '2026-11-21T16:00:00.000Z', arrays: [array], mergeJobId: '8'}]})
    process.env['PATH'] = out
    const {result, stdout} = await runCommand(SweepStatusCommand, [out])
    expect(result).toMatchObject({states: {done: 1, pending: 2}, merge: {state: 'pending'}, isQueueKnown: false})
    expect(stdout).toContain('no queue to ask here')
    expect((await runCommand(Sweep, [study, '--engine', 'slurm', '--out', out, '--resume'])).stderr).toContain('SLURM_MISSING')
  })

  it('needs to know the number of shards, and a sweep to resume', async () => {
    const {study, out} = place()
    expect((await runCommand(Sweep, [study, '--engine', 'slurm', '--out', out])).stderr).toContain('SHARDS_UNKNOWN')
    expect((await runCommand(Sweep, [study, '--engine', 'slurm', '--out', out, '--resume'])).stderr).toContain('PLAN_MISSING')
    expect((await runCommand(SweepStatusCommand, [out])).stderr).toContain('holds no sweep that machines share')
  })

  it('goes on with a sweep only where it is told to, and in as many shards', async () => {
    const {study, out} = place()
    await runCommand(Sweep, [study, '--shard', '1/3', '--out', out])
    const again = await runCommand(Sweep, [study, '--engine', 'slurm', '--shards', '3', '--out', out])
    expect(again.stderr).toContain('already holds a sweep of 3 shards')
    expect(again.stderr).toContain('PLAN_EXISTS')
    const other = await runCommand(Sweep, [study, '--engine', 'slurm', '--shards', '5', '--out', out, '--resume'])
    expect(other.stderr).toContain('has 3 shards, not 5')
    expect(readdirSync(out).sort()).toEqual(['jobs', 'logs', 'plan.json', 'shards'])
  })

  it('says what to do next with shards that people compute by hand, and computes none of their points again', async () => {
    const {study, out} = place()
    await runCommand(Sweep, [study, '--shard', '1/2', '--out', out])
    expect((await runCommand(SweepStatusCommand, [out])).stdout).toContain(
      `compute what is missing: ridge sweep STUDY --shard 2/2 --out ${out}`,
    )
    await runCommand(Sweep, [study, '--shard', '2/2', '--out', out])
    expect((await runCommand(SweepStatusCommand, [out])).stdout).toContain(`join them: ridge store merge ${path.join(out, 'points.db')}`)
    const {exitCode, stderr} = await runCommand(Sweep, [study, '--out', out])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('are not joined')
    expect(stderr).toContain('SHARDS_NOT_JOINED')
    expect(existsSync(path.join(out, 'points.db'))).toBe(false)
  })

  it.each([
    [['--engine', 'slurm', '--shard', '1/3'], '--shard is for one machine'],
    [['--engine', 'slurm', '--store', 'x.db'], '--store is for one machine'],
    [['--engine', 'slurm', '--workers', '2'], '--workers is for one machine'],
    [['--partition', 'main'], '--partition is for --engine slurm'],
    [['--resume'], '--resume is for --engine slurm'],
    [['--store', 'x.db', '--out', 'y'], '--store and --out cannot be used together'],
  ])('refuses %j as wrong usage', async (flags, words) => {
    const {study} = place()
    const {exitCode, stderr} = await runCommand(Sweep, [study, ...flags])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(words)
  })
})
