import {formatDuration, formatRate} from './text.js'

/** A place to write lines to, and whether a person watches it. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface ProgressOptions {
  /** What is counted: "points", "figures". */
  readonly noun: string
  /** Undefined where nothing but time ends the work. */
  readonly totalCount: number | undefined
  readonly isSilent?: boolean
  readonly stream?: ProgressStream
  readonly nowSeconds?: () => number
}

export interface Progress {
  /** What was found done, as when a study resumes, is not part of the rate. The note says how it goes, such as the best so far. */
  readonly update: (doneCount: number, foundCount?: number, note?: string) => void
  readonly stop: () => void
}

const secondsBetweenLines = 10
/** "48 % · 4800000 of 10000000 points · 200000 were there · 250 k/s · 30 s left". */
const textColumns = 76
/** What is left is not guessed from less: work begins with its smallest pieces. */
const steadySeconds = 1
const silence: Progress = {update: () => {}, stop: () => {}}
const monotonicSeconds = (): number => performance.now() / 1000

/** Shows how far long work is, its rate and time left: a live bar on a terminal, elsewhere a line every ten seconds. */
export async function startProgress(options: ProgressOptions): Promise<Progress> {
  if (options.isSilent) return silence
  return (options.stream ?? process.stderr).isTTY ? liveBar(options) : spacedLines(options)
}

/** "48 % · 4800 of 10000 points · 2000 were there · 25 k/s · 3 s left". */
export function progressText(
  doneCount: number,
  elapsedSeconds: number,
  {totalCount, noun}: ProgressOptions,
  foundCount = 0,
  note?: string,
): string {
  const parts =
    totalCount === undefined ? [`${doneCount} ${noun}`] : [shareText(doneCount, totalCount), `${doneCount} of ${totalCount} ${noun}`]
  if (foundCount > 0) parts.push(`${foundCount} were there`)
  const perSecond = (doneCount - foundCount) / elapsedSeconds
  if (elapsedSeconds > 0 && perSecond > 0) {
    parts.push(formatRate(perSecond, noun))
    if (totalCount === undefined) parts.push(formatDuration(elapsedSeconds))
    else if (doneCount === totalCount) parts.push(`in ${formatDuration(elapsedSeconds)}`)
    else if (elapsedSeconds >= steadySeconds) parts.push(`${formatDuration((totalCount - doneCount) / perSecond)} left`)
  }
  if (note !== undefined) parts.push(note)
  return parts.join(' · ')
}

function shareText(doneCount: number, totalCount: number): string {
  return `${totalCount > 0 ? Math.floor((100 * doneCount) / totalCount) : 100} %`
}

function spacedLines(options: ProgressOptions): Progress {
  const {stream = process.stderr, nowSeconds = monotonicSeconds} = options
  const startSeconds = nowSeconds()
  let shownSeconds = startSeconds
  return {
    update: (doneCount, foundCount, note) => {
      const now = nowSeconds()
      if (now - shownSeconds < secondsBetweenLines) return
      shownSeconds = now
      stream.write(`${progressText(doneCount, now - startSeconds, options, foundCount, note)}\n`)
    },
    stop: () => {},
  }
}

/** A bar beside which the text has its room. */
function barColumns({columns = 80}: ProgressStream): number {
  return Math.max(4, Math.min(24, columns - textColumns))
}

async function liveBar(options: ProgressOptions): Promise<Progress> {
  const {default: cliProgress} = await import('cli-progress')
  const {stream = process.stderr, nowSeconds = monotonicSeconds, totalCount} = options
  const startSeconds = nowSeconds()
  const state = (doneCount: number, foundCount?: number, note?: string): {state: string} => ({
    state: progressText(doneCount, nowSeconds() - startSeconds, options, foundCount, note),
  })
  const bar = new cliProgress.SingleBar(
    {
      format: totalCount === undefined ? '{state}' : '{bar} {state}',
      stream: stream as NodeJS.WritableStream,
      barsize: barColumns(stream),
      hideCursor: true,
      gracefulExit: false,
      fps: 10,
    },
    cliProgress.Presets.shades_classic,
  )
  bar.start(totalCount ?? 0, 0, state(0))
  return {
    update: (doneCount, foundCount, note) => bar.update(doneCount, state(doneCount, foundCount, note)),
    stop: () => {
      if (bar.isActive) bar.stop()
    },
  }
}
