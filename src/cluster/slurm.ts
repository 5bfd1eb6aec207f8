import {userInfo} from 'node:os'
import {UserError} from '../foundation/user-error.js'
import type {Engine, JobSettings, TaskSettings} from './engine.js'
import {type ProgramOutput, runProgram} from './run-program.js'
import {
  limitsOfAccount,
  limitsOfConfig,
  limitsOfQos,
  mentionsJob,
  type QueueCounts,
  queueLimits,
  tasksOfAccounting,
  tasksOfQueue,
} from './slurm-text.js'

/** An existing Slurm cluster, by its own commands. */
export const slurm: Engine = {
  limits: async (settings) => queueLimits(await countsOf(settings)),
  submitArray: (job, taskCount, jobIds) =>
    submit([...jobOptions(job), ...afterOptions(jobIds), ...arrayOptions(job, taskCount), job.script]),
  submitAfter: (job, jobIds) => submit([...jobOptions(job), ...afterOptions(jobIds), '--output=logs/merge-%j.log', job.script]),
  tasks: async (jobIds) => {
    if (jobIds.length === 0) return []
    const output = await runProgram('squeue', queueOptions(jobIds))
    if (output === undefined) return undefined
    const queued = tasksOfQueue(knowsNone.test(output.stderr) ? '' : printed('squeue', output))
    const forgotten = jobIds.filter((id) => !mentionsJob(queued, id))
    if (forgotten.length === 0) return queued
    // Many clusters keep no accounts of jobs; then what Slurm forgot is told by the shards alone.
    const accounted = await asked('sacct', [
      '--noheader',
      '--allocations',
      '--parsable2',
      '--format=JobID,State',
      `--jobs=${forgotten.join(',')}`,
    ])
    return [...queued, ...tasksOfAccounting(accounted)]
  },
  cancel: async (jobId) => {
    await known('scancel', [jobId])
  },
}

function jobOptions({name, folder, partition, account, qos, time, memory, others}: JobSettings): string[] {
  const given = {partition, account, qos, time, mem: memory}
  const asked = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [`--${option}=${value}`]))
  return ['--parsable', `--job-name=${name}`, `--chdir=${folder}`, '--open-mode=append', '--requeue', ...asked, ...others]
}

function arrayOptions({cpuCount, atOnceCount}: JobSettings, taskCount: number): string[] {
  const atOnce = atOnceCount === undefined ? '' : `%${atOnceCount}`
  return [`--cpus-per-task=${cpuCount}`, `--array=0-${taskCount - 1}${atOnce}`, '--output=logs/%A_%a.log']
}

function afterOptions(jobIds: readonly string[]): string[] {
  return jobIds.length === 0 ? [] : [`--dependency=afterany:${jobIds.join(':')}`]
}

async function submit(options: readonly string[]): Promise<string> {
  const [jobId = ''] = (await known('sbatch', options)).trim().split(';')
  return jobId
}

function queueOptions(jobIds: readonly string[]): string[] {
  return ['--noheader', '--array', '--states=all', '--format=%F|%K|%T|%r', `--jobs=${jobIds.join(',')}`]
}

async function countsOf({account, qos}: TaskSettings): Promise<QueueCounts> {
  const config = limitsOfConfig(await known('scontrol', ['show', 'config']))
  if (!config.isLimited) return {...config, submitCounts: config.submitCounts, queuedCount: 0}
  const user = userInfo().username
  const columns = 'format=DefaultAccount,Account,DefaultQOS,MaxSubmitJobs,GrpSubmitJobs'
  const own = limitsOfAccount(await asked('sacctmgr', ['-nP', 'show', 'user', user, 'withassoc', columns]), account)
  const ofQos = limitsOfQos(
    await asked('sacctmgr', ['-nP', 'show', 'qos', 'format=Name,MaxSubmitJobsPerUser,MaxSubmitJobsPerAccount']),
    qos ?? own.qos,
  )
  const queued = await known('squeue', ['--noheader', '--array', `--user=${user}`, '--format=%i'])
  const queuedCount = queued.trim() === '' ? 0 : queued.trim().split('\n').length
  return {...config, submitCounts: [...config.submitCounts, ...own.submitCounts, ...ofQos], queuedCount}
}

const knowsNone = /Invalid job id specified/

/** What a program of Slurm prints; where it can't, an error in its own words. */
async function known(program: string, options: readonly string[]): Promise<string> {
  const output = await runProgram(program, options)
  if (output !== undefined) return printed(program, output)
  throw new UserError(`${program} is not on this machine: --engine slurm needs the commands of a Slurm cluster`, {
    code: 'SLURM_MISSING',
    suggestions: ['run it on a login node of the cluster', `or add the folder of ${program} to PATH`],
  })
}

function printed(program: string, {exitCode, stdout, stderr}: ProgramOutput): string {
  if (exitCode === 0) return stdout
  const words = stderr.trim().replaceAll(new RegExp(`^${program}: (error|fatal): `, 'gm'), '')
  throw new UserError(`${program} refused: ${words === '' ? `exit code ${exitCode}` : words}`, {
    code: 'SLURM_REFUSED',
    suggestions: ['`sinfo` lists partitions and their limits'],
  })
}

/** What a program of Slurm prints, and nothing where it can't tell. */
async function asked(program: string, options: readonly string[]): Promise<string> {
  const output = await runProgram(program, options)
  return output?.exitCode === 0 ? output.stdout : ''
}
