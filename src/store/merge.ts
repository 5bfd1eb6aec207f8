import {existsSync, realpathSync, rmSync} from 'node:fs'
import {resolve} from 'node:path'
import {type Metric, metricNames} from '../cost/metrics.js'
import {UserError} from '../foundation/user-error.js'
import {AxisCodes} from './axis-codes.js'
import {snakeCase} from './names.js'
import {unpackedCode} from './packing.js'
import type {Space} from './space.js'
import {openStore, type Store, type StoredSpace} from './store.js'
import {storeRefusal} from './store-error.js'

export interface MergeSummary {
  readonly spaceCount: number
  readonly readCount: number
  readonly addedCount: number
}

const batchRowCount = 20_000

/** Adds the points of other stores by space and axis values; what the target holds already stays as it is, so merging twice adds nothing. */
export function mergeStores(target: Store, sources: readonly Store[]): MergeSummary {
  target.checkWritable()
  checkModelVersions(target, sources)
  const spaces = new Set<string>()
  let readCount = 0
  let addedCount = 0
  for (const source of sources) {
    for (const stored of source.spaces()) {
      spaces.add(stored.hash)
      const merged = mergeSpace(target.space(stored.definition), source, stored)
      readCount += merged.readCount
      addedCount += merged.addedCount
    }
  }
  return {spaceCount: spaces.size, readCount, addedCount}
}

/** Merges store files into one, which is made where there is none, and not left behind when nothing can be merged. */
export function mergeStoreFiles(target: string, sources: readonly string[]): MergeSummary {
  const itself = sources.find((source) => placeOf(source) === placeOf(target))
  if (itself !== undefined) throw storeRefusal(`${itself} can't be merged into itself`, 'STORE_MERGE_ITSELF', 'name another target')
  const isNew = !existsSync(target)
  const opened: Store[] = []
  try {
    for (const file of sources) opened.push(openStore(file, {mode: 'read'}))
    const into = openStore(target, {mode: 'create'})
    opened.push(into)
    return mergeStores(into, opened.slice(0, -1))
  } catch (error) {
    closeAll(opened)
    if (isNew && error instanceof UserError && error.code === 'STORE_MODEL_VERSIONS') rmSync(target, {force: true})
    throw error
  } finally {
    closeAll(opened)
  }
}

/** A place that links were followed to, where there are any. */
function placeOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : resolve(file)
}

function closeAll(stores: readonly Store[]): void {
  for (const store of stores) store.close()
}

function modelVersions(store: Store): readonly string[] {
  return [...new Set(store.spaces().map(({definition}) => definition.modelVersion))].sort()
}

/** The target decides which model versions may stand side by side; an empty one takes those of the first source. */
function checkModelVersions(target: Store, sources: readonly Store[]): void {
  const first = [target, ...sources].find((store) => modelVersions(store).length > 0)
  if (first === undefined) return
  const expected = modelVersions(first)
  for (const source of sources) {
    const other = modelVersions(source).find((version) => !expected.includes(version))
    if (other === undefined) continue
    throw storeRefusal(
      `${source.file} holds points of model version ${other}, and ${first.file} those of ${expected.join(', ')}`,
      'STORE_MODEL_VERSIONS',
      'run the older study again with this version of ridgepoint, then merge',
    )
  }
}

function mergeSpace(space: Space, source: Store, stored: StoredSpace): {readCount: number; addedCount: number} {
  const {axes} = source.guard(() => new AxisCodes(source.database, stored.id))
  const targetCodes = axes.map(({values}, axisIndex) => space.codes(axisIndex, values))
  const columns = ['point_key', ...metricNames.map(snakeCase)].join(', ')
  const read = source.guard(() =>
    source.database.prepare(`SELECT ${columns} FROM points WHERE space_id = ? AND point_key > ? ORDER BY point_key LIMIT ?`).raw(),
  )
  const axisCodes = axes.map(() => new Int32Array(batchRowCount))
  const metrics = Object.fromEntries(metricNames.map((name) => [name, new Float64Array(batchRowCount)])) as Record<Metric, Float64Array>
  let readCount = 0
  let addedCount = 0
  let lastKey = -1
  for (;;) {
    const rows = source.guard(() => read.all(stored.id, lastKey, batchRowCount)) as (number | null)[][]
    if (rows.length === 0) return {readCount, addedCount}
    for (const [row, cells] of rows.entries()) {
      lastKey = cells[0]!
      for (const [axis, {keyShift, bitCount}] of axes.entries()) {
        axisCodes[axis]![row] = targetCodes[axis]![unpackedCode(lastKey, keyShift, bitCount)]!
      }
      for (const [i, name] of metricNames.entries()) metrics[name][row] = cells[i + 1] ?? Number.NaN
    }
    readCount += rows.length
    addedCount += space.write({rowCount: rows.length, axisCodes, metrics})
  }
}
