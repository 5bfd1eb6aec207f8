import path from 'node:path'
import {boolean, integer, option, string} from '@oclif/core/flags'
import {refuseTogether} from '../cli/refuse-together.js'
import {shellLine} from '../cluster/scripts.js'
import type {SubmitOptions} from '../cluster/submit-sweep.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {packageRoot} from '../spec/catalogue.js'

const ofSlurm = {helpGroup: 'SLURM'}

const taskFlags = {
  shards: integer({...ofSlurm, description: 'Parts to share the study in.', min: 1}),
  resume: boolean({...ofSlurm, description: 'Submit what the sweep in the folder still misses.'}),
  'at-once': integer({...ofSlurm, description: 'Tasks that may run at once.', min: 1}),
  partition: string({...ofSlurm, description: 'Partition of the tasks.'}),
  account: string({...ofSlurm, description: 'Account that is charged.'}),
  qos: string({...ofSlurm, description: 'Quality of service.'}),
  time: string({...ofSlurm, description: 'Longest time of a task, as in 01:00:00.'}),
  memory: string({...ofSlurm, description: 'Memory of a task, as in 4G.'}),
  cpus: integer({...ofSlurm, description: 'Cores of a task, and workers on them.', min: 1, defaultHelp: async () => '1'}),
  sbatch: string({...ofSlurm, description: 'Another option of sbatch, as in --sbatch=--constraint=avx2.', multiple: true}),
  'ridge-command': string({
    ...ofSlurm,
    description: 'Words of a shell that run ridge on a node.',
    defaultHelp: async () => 'this node and ridge, by their paths',
  }),
}

/** How a study is shared among machines; flags of `ridge sweep`. */
export const slurmFlags = {
  engine: option({
    description: 'Where to compute: here, or as a job array of a Slurm cluster.',
    options: ['local', 'slurm'] as const,
    default: 'local' as const,
  })(),
  ...taskFlags,
}

/** What a person said of where to compute. */
interface SlurmFlags {
  readonly engine: 'local' | 'slurm'
  readonly shards?: number | undefined
  readonly resume?: boolean | undefined
  readonly partition?: string | undefined
  readonly account?: string | undefined
  readonly qos?: string | undefined
  readonly time?: string | undefined
  readonly memory?: string | undefined
  readonly cpus?: number | undefined
  readonly 'at-once'?: number | undefined
  readonly sbatch?: readonly string[] | undefined
  readonly 'ridge-command'?: string | undefined
}

/** Refuses flags that the engine has no use for. */
export function checkEngineFlags(flags: SlurmFlags): void {
  const given: Readonly<Record<string, unknown>> = {...flags}
  refuseTogether(given, {store: ['out']})
  const useless = flags.engine === 'slurm' ? ['shard', 'store', 'workers'] : Object.keys(taskFlags)
  const name = useless.find((each) => given[each] !== undefined)
  if (name === undefined) return
  const [message, suggestion] =
    flags.engine === 'slurm'
      ? [
          `--${name} is for one machine, and --engine slurm shares the study itself`,
          `leave out --${name}; --shards says how many parts, --cpus how many workers, --out where`,
        ]
      : [`--${name} is for --engine slurm`, `add --engine slurm, or leave out --${name}`]
  throw new UserError(message, {code: 'USAGE', exitCode: exitCodes.usage, suggestions: [suggestion]})
}

/** What the flags say of a sweep to submit. */
export function submitSettings(flags: SlurmFlags): Omit<SubmitOptions, 'folder' | 'pointCount'> {
  const {shards: shardCount, resume = false, partition, account, qos, time, memory, cpus: cpuCount = 1, sbatch: others = []} = flags
  const tasks = {partition, account, qos, time, memory, cpuCount, atOnceCount: flags['at-once'], others}
  return {shardCount, isResumed: resume, ridge: flags['ridge-command'] ?? ownRidge, tasks}
}

/** How nodes run this very ridge, where they see the same files. */
const ownRidge = shellLine([process.execPath, path.join(packageRoot, 'dist', 'bin.js')])
