import {formatDuration, formatQuantity} from './text.js'

/** A place to write lines to, and whether a person watches it. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface ProgressOptions {
  /** What is counted: "points", "figures". */
  readonly noun: string
  readonly totalCount: number
  /** Done before this run began, as when a study resumes; not part of the rate. */
  readonly startCount?: number
  readonly isSilent?: boolean
  readonly stream?: ProgressStream
  readonly nowSeconds?: () => number
}

export interface Progress {
  readonly update: (doneCount: number) => void
  readonly stop: () => void
}

const secondsBetweenLines = 10
const silence: Progress = {update: () => {}, stop: () => {}}
const monotonicSeconds = (): number => performance.now() / 1000

/** Shows how far long work is, its rate and time left: a live bar on a terminal, elsewhere a line every ten seconds. */
export async function startProgress(options: ProgressOptions): Promise<Progress> {
  if (options.isSilent) return silence
  return (options.stream ?? process.stderr).isTTY ? liveBar(options) : spacedLines(options)
}

/** "48 % · 4800 of 10000 points · 25 k/s · 3 s left". */
export function progressText(doneCount: number, elapsedSeconds: number, {totalCount, noun, startCount = 0}: ProgressOptions): string {
  const share = totalCount > 0 ? Math.floor((100 * doneCount) / totalCount) : 100
  const parts = [`${share} %`, `${doneCount} of ${totalCount} ${noun}`]
  const perSecond = (doneCount - startCount) / elapsedSeconds
  if (elapsedSeconds > 0 && perSecond > 0) {
    parts.push(formatQuantity(perSecond, '/s'))
    parts.push(
      doneCount < totalCount ? `${formatDuration((totalCount - doneCount) / perSecond)} left` : `in ${formatDuration(elapsedSeconds)}`,
    )
  }
  return parts.join(' · ')
}

function spacedLines(options: ProgressOptions): Progress {
  const {stream = process.stderr, nowSeconds = monotonicSeconds} = options
  const startSeconds = nowSeconds()
  let shownSeconds = startSeconds
  return {
    update: (doneCount) => {
      const now = nowSeconds()
      if (now - shownSeconds < secondsBetweenLines) return
      shownSeconds = now
      stream.write(`${progressText(doneCount, now - startSeconds, options)}\n`)
    },
    stop: () => {},
  }
}

async function liveBar(options: ProgressOptions): Promise<Progress> {
  const {default: cliProgress} = await import('cli-progress')
  const {stream = process.stderr, nowSeconds = monotonicSeconds, totalCount, startCount = 0} = options
  const startSeconds = nowSeconds()
  const state = (doneCount: number): {state: string} => ({state: progressText(doneCount, nowSeconds() - startSeconds, options)})
  const bar = new cliProgress.SingleBar(
    {format: '{bar} {state}', stream: stream as NodeJS.WritableStream, barsize: 24, hideCursor: true, gracefulExit: false, fps: 10},
    cliProgress.Presets.shades_classic,
  )
  bar.start(totalCount, startCount, state(startCount))
  return {
    update: (doneCount) => bar.update(doneCount, state(doneCount)),
    stop: () => {
      if (bar.isActive) bar.stop()
    },
  }
}
