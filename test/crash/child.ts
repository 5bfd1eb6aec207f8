import {type ChildProcess, spawn} from 'node:child_process'
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {repositoryRoot} from '../support/run-command.js'
import {logState, type Moment, momentOf} from './moments.js'

/** How a process ended, and what it printed. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  readonly isOver: () => boolean
}

const bin = path.join(repositoryRoot, 'dist/bin.js')

/** Starts the built `ridge`. */
export function startRidge(argv: readonly string[], nodeOptions: readonly string[] = []): Child {
  return startProgram(process.execPath, [...nodeOptions, bin, ...argv])
}

function startProgram(program: string, argv: readonly string[]): Child {
  const child = spawn(program, argv, {stdio: ['ignore', 'pipe', 'pipe']})
  const printed = {stdout: '', stderr: ''}
  let isOver = false
  child.stdout.on('data', (data) => {
    printed.stdout += String(data)
  })
  child.stderr.on('data', (data) => {
    printed.stderr += String(data)
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true
      resolve({code, signal, ...printed})
    })
  })
  return {process: child, ended, isOver: () => isOver}
}

/** Runs the built `ridge` to its end. */
export function ridge(argv: readonly string[], nodeOptions: readonly string[] = []): Promise<Ended> {
  return startRidge(argv, nodeOptions).ended
}

/** Runs the built `ridge` as the `"$@"` of a line of bash. */
export function inShell(line: string, argv: readonly string[]): Promise<Ended> {
  return startProgram('bash', ['-c', line, 'bash', process.execPath, bin, ...argv]).ended
}

/** How long a run takes from the first write of its store to its end. */
export async function writingSeconds(argv: readonly string[], store: string): Promise<number> {
  const child = startRidge(argv)
  await until(child, () => logState(store) !== '')
  const startSeconds = performance.now() / 1000
  await child.ended
  return performance.now() / 1000 - startSeconds
}

export interface Kill {
  readonly store: string
  /** After the first write of the store. */
  readonly afterSeconds: number
  /** The moments that will do. */
  readonly isWanted: (moment: Moment) => boolean
}

/** Between looks at a run that is not where it is wanted: a write takes some milliseconds. */
const mostStepSeconds = 0.003

/** Kills a run of `ridge` in such a moment, for which it is stopped again and again; undefined where it was over before. */
export async function killedMoment(argv: readonly string[], {store, afterSeconds, isWanted}: Kill): Promise<Moment | undefined> {
  const child = startRidge(argv)
  await until(child, () => logState(store) !== '')
  await wait(afterSeconds * 1000)
  while (!child.isOver()) {
    child.process.kill('SIGSTOP')
    if (isWanted(momentOf(store))) break
    child.process.kill('SIGCONT')
    await wait(Math.random() * mostStepSeconds * 1000)
  }
  child.process.kill('SIGKILL')
  const {signal} = await child.ended
  return signal === 'SIGKILL' ? momentOf(store) : undefined
}

async function until({isOver}: Child, isSo: () => boolean): Promise<void> {
  while (!isOver() && !isSo()) await wait(1)
}
