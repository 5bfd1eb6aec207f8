import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {openStore} from '#ridge/store/store.js'
import type {PointSink} from '#ridge/sweep/point-sink.js'
import {loadStudy, type Study} from '#ridge/sweep/study.js'
import {sweep} from '#ridge/sweep/sweep.js'

const binary = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

/** A study over every size that a kernel model looks at; so many clocks make so many points. */
function studyText(fidelity: string, clockCount: number): string {
  return `title: Sizes around an H100's
spaces:
  - accelerator: h100-sxm
    axes:
      sms: {from: 60, to: 159, step: 1}
      l2: {from: 20 MiB, to: 128 MiB, count: 10}
      hbmBandwidth: {from: 2000 GB/s, to: 4000 GB/s, count: 100}
      clock: {from: 990 MHz, to: 1980 MHz, count: ${clockCount}}
workloads:
  - {model: llama-3.1-8b, phase: decode, batch: 16, contextTokens: 2048}
constraints: [averageWatts <= 600 W, fitsInMemory == 1]
objectives: [latency, energyPerToken, cost]
fidelity: ${fidelity}
`
}

/** What a whole run of `ridge sweep` does, from the start of its process to its end. */
export interface WholeSweep {
  readonly pointCount: number
  readonly seconds: number
  readonly peakBytes: number
  readonly storeBytes: number
  readonly frontCount: number
}

/** What points cost without a store, and with one. */
export interface SweepRates {
  readonly pointCount: number
  /** In the calibrated fidelity, the points thrown away, by workers. */
  readonly computing: readonly {readonly workerCount: number; readonly pointsPerSecond: number; readonly checksum: number}[]
  /** In the roofline fidelity on two workers: all of it, and what the thread that writes spends in the store. */
  readonly storing: {readonly pointsPerSecond: number; readonly storeRatio: number}
}

async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridge-bench-'))
  try {
    return await action(folder)
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

function studyIn(folder: string, fidelity: string, clockCount: number): string {
  const file = path.join(folder, 'study.yaml')
  writeFileSync(file, studyText(fidelity, clockCount))
  return file
}

/** Ten million points, each stored with its energy by source, as a person runs it; on all cores. */
export function wholeSweep(clockCount = 100): Promise<WholeSweep> {
  return inFolder(async (folder) => {
    const storeFile = path.join(folder, 'points.db')
    const start = performance.now()
    const child = spawn(process.execPath, [binary, 'sweep', studyIn(folder, 'roofline', clockCount), '--store', storeFile, '--json'])
    let [text, peakBytes] = ['', 0]
    child.stdout.on('data', (data) => {
      text += String(data)
    })
    child.stderr.pipe(process.stderr)
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, peakOf(child.pid!))
    }, 50)
    const code = await new Promise<number | null>((resolve) => {
      child.on('close', resolve)
    })
    clearInterval(watch)
    if (code !== 0) throw new Error(`ridge sweep ended with ${code}: ${text}`)
    const seconds = (performance.now() - start) / 1000
    const {computedCount, workloads} = JSON.parse(text) as {computedCount: number; workloads: readonly {frontCount: number}[]}
    return {pointCount: computedCount, seconds, peakBytes, storeBytes: statSync(storeFile).size, frontCount: workloads[0]!.frontCount}
  })
}

/** The most that a process ever held in memory, threads and all; it has no processes of its own. */
function peakOf(processId: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? []
    return Number(kibibytes ?? 0) * 1024
  } catch {
    return 0
  }
}

/** A sweep of 100,000 points for each clock, on one and on two workers. */
export function sweepRates(clockCount = 40): Promise<SweepRates> {
  return inFolder(async (folder) => {
    const calibrated = loadStudy(studyIn(folder, 'calibrated', clockCount))
    const computing = []
    for (const workerCount of [1, 2]) computing.push(await computed(calibrated, workerCount))
    const roofline = loadStudy(studyIn(folder, 'roofline', clockCount))
    return {pointCount: 100_000 * clockCount, computing, storing: await stored(roofline, path.join(folder, 'points.db'))}
  })
}

async function computed(study: Study, workerCount: number): Promise<SweepRates['computing'][number]> {
  let checksum = 0
  const sink: PointSink = {
    codes: (_, values) => Int32Array.from(values, (__, code) => code),
    missingRows: ({rowCount}) => {
      const all = new Int32Array(rowCount)
      for (let row = 0; row < rowCount; row++) all[row] = row
      return all
    },
    write: ({rowCount, metrics}) => {
      for (let row = 0; row < rowCount; row++) checksum += metrics.latencySeconds[row]! + metrics.energyJoules[row]!
      return rowCount
    },
  }
  const start = performance.now()
  const {computedCount} = await sweep(study, {workerCount, sinkOf: () => sink})
  return {workerCount, pointsPerSecond: computedCount / ((performance.now() - start) / 1000), checksum}
}

async function stored(study: Study, file: string): Promise<SweepRates['storing']> {
  const store = openStore(file, {mode: 'create'})
  let storeSeconds = 0
  const timed = <T>(action: () => T): T => {
    const start = performance.now()
    const result = action()
    storeSeconds += (performance.now() - start) / 1000
    return result
  }
  const start = performance.now()
  const {computedCount} = await sweep(study, {
    workerCount: 2,
    sinkOf: (definition) => {
      const space = store.space(definition)
      return {
        codes: (axisIndex, values) => timed(() => space.codes(axisIndex, values)),
        missingRows: (points) => timed(() => space.missingRows(points)),
        write: (batch) => timed(() => space.write(batch)),
      }
    },
  })
  timed(() => store.close())
  const seconds = (performance.now() - start) / 1000
  return {pointsPerSecond: computedCount / seconds, storeRatio: storeSeconds / seconds}
}
