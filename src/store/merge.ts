import {existsSync, realpathSync, rmSync} from 'node:fs'
import {resolve} from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {AxisCodes} from './axis-codes.js'
import {ChunkMap} from './chunk-map.js'
import {openStore, type Store, type StoredSpace} from './store.js'
import {storeRefusal} from './store-error.js'

export interface MergeSummary {
  readonly spaceCount: number
  readonly readCount: number
  readonly addedCount: number
}

/** Chunks stored in one transaction. */
const batchChunkCount = 16

/** Adds the points of other stores by space and axis values; what the target holds already stays as it is, so merging twice adds nothing. */
export function mergeStores(target: Store, sources: readonly Store[]): MergeSummary {
  checkModelVersions(target, sources)
  const spaces = new Set<string>()
  let readCount = 0
  let addedCount = 0
  for (const source of sources) {
    for (const stored of source.spaces()) {
      spaces.add(stored.hash)
      const merged = mergeSpace(target, source, stored)
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

/** Chunk by chunk: what the target knows nothing of is stored as it is, with codes of its own. */
function mergeSpace(target: Store, source: Store, stored: StoredSpace): {readCount: number; addedCount: number} {
  const space = target.space(stored.definition)
  const {axes} = source.guard(() => new AxisCodes(source.database, stored.id))
  const chunks = source.guard(() => new ChunkMap(source.database, stored.id))
  const targetCodes = axes.map(({values}, axisIndex) => space.codes(axisIndex, values))
  const others = chunks.columnNames().filter((name) => axes.every((axis) => axis.name !== name))
  let addedCount = 0
  for (let first = 0; first < chunks.ids.length; first += batchChunkCount) {
    const end = Math.min(first + batchChunkCount, chunks.ids.length)
    addedCount += target.commit(() => {
      let count = 0
      for (let place = first; place < end; place++) {
        const axisCodes = axes.map(({name, kind}, axis) =>
          source.guard(() =>
            kind === 'level' ? chunks.codes(name, place).map((code) => targetCodes[axis]![code]!) : chunks.numbers(name, place),
          ),
        )
        const columns = source.guard(() => others.map((name) => [name, chunks.column(name, place)] as const))
        count += space.adopt({rowCount: chunks.rowCounts[place]!, axisCodes}, columns)
      }
      return count
    })
  }
  return {readCount: chunks.pointCount, addedCount}
}
