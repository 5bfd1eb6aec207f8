import {mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {metricNames} from '#ridge/cost/metrics.js'
import {exportPoints} from '#ridge/store/export.js'
import {type FrontObjective, queryFront, queryPoints} from '#ridge/store/query.js'
import type {PointQuery} from '#ridge/store/resolve-query.js'
import {openStore, type Store} from '#ridge/store/store.js'
import {storeSyntheticPoints, syntheticSpace} from './synthetic-points.js'

export interface QueryTime {
  readonly name: string
  readonly leastMilliseconds: number
  readonly rowCount: number
}

export interface StoreBench {
  readonly pointCount: number
  readonly bytesPerPoint: number
  /** By one writer that looks for each point first, with the making of the points. */
  readonly writtenPointsPerSecond: number
  readonly queries: readonly QueryTime[]
  readonly exports: readonly {readonly format: string; readonly rowsPerSecond: number}[]
  /** The most that this process ever had, with everything before it. */
  readonly largestResidentBytes: number
}

const front = (...names: readonly string[]): readonly FrontObjective[] => names.map((column) => ({column}))
const rowsOf = (query: PointQuery) => (store: Store) => [...queryPoints(store, query).rows].length
const frontOf =
  (objectives: readonly FrontObjective[], by: readonly string[] = []) =>
  (store: Store) =>
    queryFront(store, objectives, {limit: 20}, by).frontCount

const queries: Readonly<Record<string, (store: Store) => number>> = {
  'filter by two results, first 20': rowsOf({where: ['latency < 10 ms and averageWatts < 200 W'], limit: 20}),
  'filter by two results, all that pass': rowsOf({where: ['latency < 1 ms and averageWatts < 160 W'], columns: ['latency', 'sms']}),
  'filter by levels, first 20': rowsOf({where: ['sms = 50 and clock >= 60 and energy < 1 J'], limit: 20}),
  'top 20 by latency': rowsOf({sort: ['latency'], limit: 20}),
  'top 20 by energy per token within 500 mm²': rowsOf({where: ['area < 500 mm^2'], sort: ['energyPerToken', '-throughput'], limit: 20}),
  'front of 2 objectives, unkept': frontOf(front('latency', 'energyPerToken')),
  'front of 3 objectives, unkept': frontOf(front('latency', 'energyPerToken', 'cost')),
  'fronts of 2 objectives by batch, unkept': frontOf(front('latency', 'energyPerToken'), ['batch']),
}

/** Fills a store with synthetic points and times queries on it, each on a store opened for it; the best of some runs. */
export async function storeQueries(pointCount = 10_000_000, runCount = 3): Promise<StoreBench> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-bench-'))
  try {
    const file = path.join(folder, 'points.db')
    const seconds = filled(file, pointCount)
    const times = Object.entries(queries).map(([name, ask]) => timed(name, file, runCount, ask))
    const exports = [await exported(file, folder, 'parquet'), await exported(file, folder, 'csv')]
    return {
      pointCount,
      bytesPerPoint: statSync(file).size / pointCount,
      writtenPointsPerSecond: pointCount / seconds,
      queries: times,
      exports,
      largestResidentBytes: process.resourceUsage().maxRSS * 1024,
    }
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

function filled(file: string, pointCount: number): number {
  const store = openStore(file, {mode: 'create'})
  const start = performance.now()
  storeSyntheticPoints(store.space(syntheticSpace), metricNames, pointCount)
  store.close()
  return (performance.now() - start) / 1000
}

function timed(name: string, file: string, runCount: number, ask: (store: Store) => number): QueryTime {
  let leastMilliseconds = Number.POSITIVE_INFINITY
  let rowCount = 0
  for (let run = 0; run < runCount; run++) {
    const start = performance.now()
    const store = openStore(file, {mode: 'read'})
    rowCount = ask(store)
    store.close()
    leastMilliseconds = Math.min(leastMilliseconds, performance.now() - start)
  }
  return {name, leastMilliseconds, rowCount}
}

async function exported(file: string, folder: string, format: 'parquet' | 'csv'): Promise<{format: string; rowsPerSecond: number}> {
  const store = openStore(file, {mode: 'read'})
  const start = performance.now()
  const target = path.join(folder, `points.${format}`)
  const {rowCount} = await exportPoints(queryPoints(store), format, {file: target})
  store.close()
  rmSync(target)
  return {format, rowsPerSecond: rowCount / ((performance.now() - start) / 1000)}
}
