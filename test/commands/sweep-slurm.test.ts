import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {type SweepPlan, shardStore, sweepFiles} from '../../src/cluster/plan.js'
import {shellWord} from '../../src/cluster/scripts.js'
import type {SweepStatus} from '../../src/cluster/sweep-status.js'
import SweepStatusCommand from '../../src/commands/sweep/status.js'
import Sweep from '../../src/commands/sweep.js'
import {repositoryRoot, runCommand} from '../support/run-command.js'
import {isSlurmMissing, type SlurmCluster, startCluster} from '../support/slurm-cluster.js'
import {allPoints} from '../support/stored-points.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

const bin = path.join(repositoryRoot, 'dist', 'bin.js')

/** A study in a folder whose name no shell leaves whole. */
function place(): {study: string; out: string; folder: string} {
  const folder = path.join(temporaryFolder(), `it's "100 %" $HOME`)
  mkdirSync(folder)
  return {study: writeStudy(smallStudy, folder), out: path.join(folder, 'the sweep'), folder}
}

const planIn = (out: string): SweepPlan => JSON.parse(readFileSync(sweepFiles(out).plan, 'utf8'))

async function statusOf(out: string): Promise<SweepStatus> {
  const {result} = await runCommand(SweepStatusCommand, [out, '--json'])
  return result as SweepStatus
}

/** Waits until nothing of a sweep is in the queue any more. */
async function settled(out: string): Promise<SweepStatus> {
  for (let tries = 0; tries < 400; tries++) {
    const status = await statusOf(out)
    if (status.liveJobIds.length === 0) return status
    await wait(200)
  }
  throw new Error(`the sweep did not end: ${(await runCommand(SweepStatusCommand, [out])).stdout}`)
}

async function submit(study: string, out: string, ...flags: string[]) {
  return runCommand(Sweep, [study, '--engine', 'slurm', '--out', out, ...flags])
}

afterAll(() => {
  delete process.env['SLURM_CONF']
})

/** The commands of Slurm find their cluster through the environment, as nodes and people do. */
function useCluster({configuration}: SlurmCluster): void {
  process.env['SLURM_CONF'] = configuration
}

describe.skipIf(isSlurmMissing || !existsSync(bin))('ridge sweep --engine slurm (skipped where there is no Slurm, or no dist)', () => {
  let cluster: SlurmCluster
  beforeAll(async () => {
    cluster = await startCluster(['MaxArraySize=4'])
    useCluster(cluster)
  })
  afterAll(async () => cluster?.stop())

  it('runs the shard of a failed node again, says what each failed shard said last, and submits again those alone', {
    timeout: 120_000,
  }, async () => {
    const {study, out, folder} = place()
    const healed = path.join(folder, 'healed')
    const wrapper = path.join(folder, 'ridge.sh')
    writeFileSync(
      wrapper,
      `if [ ! -e ${shellWord(healed)} ]; then
  case "$*" in
    *'--shard 1/4 '*) [ -n "$SLURM_RESTART_COUNT" ] || sleep 60;;
    *'--shard 2/4 '*) echo 'the scratch disk is gone' >&2; exit 1;;
    *'--shard 3/4 '*) echo 'at work'; kill -KILL $$;;
    *'--shard 4/4 '*) sleep 60; exit;;
  esac
fi
exec ${shellWord(process.execPath)} ${shellWord(bin)} "$@"
`,
    )
    const {result} = await submit(study, out, '--shards', '4', '--ridge-command', `bash ${shellWord(wrapper)}`)
    const [array] = planIn(out).submissions[0]!.arrays
    for (let tries = 0; tries < 200; tries++) {
      const {shards} = await statusOf(out)
      if (shards.map(({state}) => state).join(' ') === 'running failed failed running') break
      await wait(200)
    }
    // The node fails: Slurm queues what it ran again, to begin after two minutes, unless it is told to begin now.
    await cluster.failNode()
    expect((await statusOf(out)).states).toMatchObject({pending: 2, failed: 2})
    execFileSync('scancel', [`${array!.jobId}_3`])
    // The order to end what ran there may come late, and would end what runs there by then.
    await wait(2000)
    execFileSync('scontrol', ['update', `JobId=${array!.jobId}_0`, 'StartTime=now'])
    const status = await settled(out)
    expect(status.states).toMatchObject({done: 1, stopped: 1, failed: 2})
    expect(status.shards.map(({state, reason}) => [state, reason])).toEqual([
      ['done', null],
      ['failed', 'FAILED'],
      ['failed', 'FAILED'],
      ['stopped', 'CANCELLED'],
    ])
    expect(status.shards[1]!.lastWords).toBe('the scratch disk is gone')
    expect(status.shards[2]!.lastWords).toMatch(/Killed/)
    expect(status.shards[3]!.lastWords).toBeNull()
    expect(status.merge).toMatchObject({state: 'failed', lastWords: '3 of 4 shards are not complete: 2, 3, 4'})
    expect(existsSync(sweepFiles(out).points)).toBe(false)
    const {stdout} = await runCommand(SweepStatusCommand, [out])
    expect(stdout).toMatch(/2 +failed +0 of 3 +– +\d+_1 +FAILED +the scratch disk is gone/)
    expect(stdout).toContain('submit what is missing: the same command with --resume')

    writeFileSync(healed, '')
    const resumed = await submit(study, out, '--resume', '--ridge-command', `bash ${shellWord(wrapper)}`)
    expect(resumed.result).toMatchObject({shardIndices: [2, 3, 4], arrays: [{tasks: [[2], [3], [4]]}], pointCount: 12})
    expect(await settled(out)).toMatchObject({states: {done: 4}, merge: {state: 'done'}})
    expect(result).toMatchObject({shardIndices: [1, 2, 3, 4]})
  })

  it('says what sbatch says where it refuses, and keeps no plan of what was never submitted', async () => {
    const {study, out} = place()
    const {exitCode, stderr} = await submit(study, out, '--shards', '2', '--partition', 'nowhere')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('sbatch refused: invalid partition specified: nowhere')
    expect(stderr).toContain('Code: SLURM_REFUSED')
    expect(existsSync(sweepFiles(out).plan)).toBe(false)
  })

  it('runs no more tasks at once than was asked for over several arrays, and says why others wait', async () => {
    const {study, out} = place()
    await submit(study, out, '--shards', '7', '--at-once', '2', '--sbatch=--hold')
    const {arrays, mergeJobId} = planIn(out).submissions[0]!
    const jobIds = arrays.map(({jobId}) => jobId)
    onTestFinished(() => void execFileSync('scancel', [...jobIds, mergeJobId!]))
    const queued = execFileSync('squeue', ['--noheader', '--format=%F|%K|%E', `--jobs=${jobIds.join(',')}`], {encoding: 'utf8'})
    expect(queued).toContain(`${jobIds[0]}|0-3%2|(null)`)
    expect(queued).toMatch(new RegExp(`^${jobIds[1]}\\|0-2%2\\|afterany:${jobIds[0]}_`, 'm'))
    expect((await runCommand(SweepStatusCommand, [out])).stdout).toMatch(/why they are pending, in Slurm's words: JobHeldUser \(/)
  })

  it('joins seven shards into the points of one run, in arrays no larger than the cluster takes; what is lost is all that is run again', {
    timeout: 120_000,
  }, async () => {
    const {study, out, folder} = place()
    const submitted = await submit(study, out, '--shards', '7')
    expect(submitted.stderr).toBe('')
    expect(submitted.stdout).toContain('7 of 7 shards (12 points in all) submitted as 7 tasks of 2 arrays')
    expect(planIn(out).submissions[0]?.arrays.map(({tasks}) => tasks)).toEqual([
      [[1], [2], [3], [4]],
      [[5], [6], [7]],
    ])
    const alone = path.join(folder, 'alone.db')
    await runCommand(Sweep, [study, '--store', alone])
    const status = await settled(out)
    expect(status).toMatchObject({states: {done: 7}, doneCount: 12, merge: {state: 'done'}})
    expect(allPoints(sweepFiles(out).points)).toEqual(allPoints(alone))

    rmSync(shardStore(out, 3))
    const {stdout} = await runCommand(SweepStatusCommand, [out])
    expect(stdout).toContain('done 6 · running 0 · pending 0 · stopped 0 · failed 0 · missing 1')
    expect((await submit(study, out, '--resume')).result).toMatchObject({shardIndices: [3], arrays: [{tasks: [[3]]}]})
    expect(await settled(out)).toMatchObject({states: {done: 7}, merge: {state: 'done'}})
    expect(allPoints(sweepFiles(out).points)).toEqual(allPoints(alone))
    const summary = await runCommand(Sweep, [study, '--out', out])
    expect(summary.stdout).toContain(`12 points in ${sweepFiles(out).points}, 0 of them computed now`)
    const again = await submit(study, out, '--resume')
    expect(again.stdout).toContain('nothing is missing')
    expect(again.result).toMatchObject({shardIndices: [], arrays: [], mergeJobId: null})
  })
})

describe.skipIf(isSlurmMissing)('a queue that takes few jobs (skipped where there is no Slurm)', () => {
  it('gets several shards a task, each in its turn, and room for the job that joins them', {timeout: 120_000}, async () => {
    // Slurm refuses the job that would be its sixth: four tasks and one that joins.
    const cluster = await startCluster(['MaxJobCount=6'])
    onTestFinished(cluster.stop)
    useCluster(cluster)
    const {study, out} = place()
    const {result, stderr} = await submit(
      study,
      out,
      '--shards',
      '7',
      '--at-once',
      '2',
      '--sbatch=--comment=ours',
      '--ridge-command',
      'echo',
    )
    expect(stderr).toBe('')
    expect(result).toMatchObject({arrays: [{tasks: [[1, 2], [3, 4], [5, 6], [7]]}]})
    const {arrays, mergeJobId} = planIn(out).submissions[0]!
    expect(execFileSync('squeue', ['--noheader', '--format=%K|%k', `--jobs=${arrays[0]!.jobId}`], {encoding: 'utf8'})).toMatch(/%2.*\|ours/)
    const status = await settled(out)
    expect(status.states).toMatchObject({failed: 7})
    expect(status.shards[5]!.lastWords).toBe(`sweep ${study} --workers 1 --shard 6/7 --out ${out}`)
    expect(status.merge.jobId).toBe(mergeJobId)
  })
})
