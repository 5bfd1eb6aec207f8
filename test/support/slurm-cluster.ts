import {execFile} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** Daemons lie where only the superuser looks for programs. */
const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']

function programOf(name: string): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file))
}

const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter((name) => programOf(name) === undefined)

/** Tests that need a Slurm are skipped, and say so, where there is none; with RIDGE_TEST_SLURM=required they fail instead. */
export const isSlurmMissing = missing.length > 0 && process.env['RIDGE_TEST_SLURM'] !== 'required'

export interface SlurmCluster {
  /** What the commands of Slurm need in their environment to find it. */
  readonly configuration: string
  /** Fails the only node, with all that runs on it, and brings it back. */
  readonly failNode: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts a Slurm of its own on this machine, without accounts, with four cores to give whatever there are; `settings` are lines of its slurm.conf. */
export async function startCluster(settings: readonly string[] = []): Promise<SlurmCluster> {
  if (missing.length > 0) throw new Error(`RIDGE_TEST_SLURM=required, but ${missing.join(', ')} is not here: install slurm-wlm and munge`)
  const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-slurm-'))
  const at = (name: string): string => path.join(folder, name)
  // munged wants its key hidden, and its socket where everybody may come.
  chmodSync(folder, 0o755)
  for (const name of ['state', 'spool']) mkdirSync(at(name))
  mkdirSync(at('munge'), {mode: 0o700})
  mkdirSync(at('socket'), {mode: 0o755})
  writeFileSync(at('munge/key'), randomBytes(128), {mode: 0o400})
  const configuration = at('slurm.conf')
  const [controllerPort, nodePort] = await freePorts()
  writeFileSync(configuration, `${[...configurationLines(at, controllerPort, nodePort), ...settings].join('\n')}\n`)
  const environment = {...process.env, SLURM_CONF: configuration}
  const pidFiles = [at('slurmd.pid'), at('slurmctld.pid'), at('munged.pid')]
  const kill = (signal: NodeJS.Signals): void => {
    for (const file of pidFiles) signalTo(file, signal)
  }
  const stop = async (): Promise<void> => {
    // A controller that is not there would be waited for.
    if (signalTo(at('slurmctld.pid'), 0))
      await run('scancel', ['--user', userInfo().username, '--signal=KILL', '--full'], {env: environment}).catch(() => undefined)
    kill('SIGTERM')
    for (let tries = 0; tries < 50 && pidFiles.some((file) => signalTo(file, 0)); tries++) await wait(100)
    kill('SIGKILL')
    rmSync(folder, {recursive: true, force: true, maxRetries: 5})
  }
  const isBack = async (): Promise<void> => {
    for (let tries = 0; ; tries++) {
      const {stdout} = await run('sinfo', ['--noheader', '--format=%T'], {env: environment})
      if (stdout.trim() === 'idle') return
      if (tries === 100) throw new Error(`the node is ${stdout.trim()}: ${readFileSync(at('slurmd.log'), 'utf8')}`)
      await wait(100)
    }
  }
  const failNode = async (): Promise<void> => {
    const become = (state: string) => run('scontrol', ['update', 'NodeName=localhost', `State=${state}`, 'Reason=test'], {env: environment})
    // As if its power were cut: nothing that it ran has a word left to say of how it ended.
    for (const id of nodeProcesses(configuration)) killNow(id)
    await become('DOWN')
    // Refused where the node came back by itself.
    await become('RESUME').catch(() => undefined)
    await isBack()
  }
  try {
    const munge = ['key', 'seed', 'log'].map((name) => `--${name}-file=${at(`munge/${name === 'log' ? 'munged.log' : name}`)}`)
    await run(programOf('munged')!, [...munge, `--pid-file=${at('munged.pid')}`, `--socket=${at('socket/munge')}`, '--num-threads=1'])
    await run(programOf('slurmctld')!, ['-c'], {env: environment})
    await run(programOf('slurmd')!, ['-N', 'localhost'], {env: environment})
    await isBack()
    return {configuration, failNode, stop}
  } catch (error) {
    await stop()
    throw error
  }
}

function configurationLines(at: (name: string) => string, controllerPort: number, nodePort: number): string[] {
  const {username} = userInfo()
  return [
    'ClusterName=ridgepoint',
    'SlurmctldHost=localhost(127.0.0.1)',
    `SlurmctldPort=${controllerPort}`,
    `SlurmdPort=${nodePort}`,
    `SlurmUser=${username}`,
    `SlurmdUser=${username}`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${at('socket/munge')}`,
    `StateSaveLocation=${at('state')}`,
    `SlurmdSpoolDir=${at('spool')}`,
    `SlurmctldPidFile=${at('slurmctld.pid')}`,
    `SlurmdPidFile=${at('slurmd.pid')}`,
    `SlurmctldLogFile=${at('slurmctld.log')}`,
    `SlurmdLogFile=${at('slurmd.log')}`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    'MpiDefault=none',
    'MailProg=/bin/true',
    'JobAcctGatherType=jobacct_gather/none',
    'AccountingStorageType=accounting_storage/none',
    'JobCompType=jobcomp/none',
    // Jobs begin at once, and a killed one is gone at once.
    'SchedulerType=sched/builtin',
    'SchedulerParameters=batch_sched_delay=0,sched_interval=1',
    'KillWait=1',
    'ReturnToService=2',
    'SlurmdParameters=config_overrides',
    'NodeName=localhost NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN',
    'PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP',
  ]
}

/** The processes that watch over the jobs of a cluster, and all that those run. */
function nodeProcesses(configuration: string): number[] {
  const processes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? processOf(Number(name)) : []))
  const watchers = processes.filter(({id, name}) => name === 'slurmstepd' && belongsTo(id, configuration)).map(({id}) => id)
  const below = (parents: readonly number[]): number[] => {
    const children = processes.filter(({parent}) => parents.includes(parent)).map(({id}) => id)
    return children.length === 0 ? [...parents] : [...parents, ...below(children)]
  }
  return below(watchers)
}

/** A process by its id, unless it is over. */
function processOf(id: number): {readonly id: number; readonly name: string; readonly parent: number}[] {
  try {
    const [, name = '', parent = ''] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? []
    return [{id, name, parent: Number(parent)}]
  } catch {
    return []
  }
}

function belongsTo(id: number, configuration: string): boolean {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8').includes(configuration)
  } catch {
    return false
  }
}

function killNow(id: number): void {
  try {
    process.kill(id, 'SIGKILL')
  } catch {
    // It is over already.
  }
}

/** Sends a signal to the process of a file; true where there is one. */
function signalTo(pidFile: string, signal: NodeJS.Signals | 0): boolean {
  try {
    const id = Number(readFileSync(pidFile, 'utf8'))
    return Number.isInteger(id) && id > 1 && process.kill(id, signal)
  } catch {
    // A process that ends takes its file with it.
    return false
  }
}

/** Two ports that nobody listens on now. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as {port: number}).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return [ports[0]!, ports[1]!]
}
