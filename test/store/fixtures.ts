import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'
import {type Metric, metricNames} from '../../src/cost/metrics.js'
import type {Space} from '../../src/store/space.js'
import type {AxisValue, SpaceDefinition} from '../../src/store/space-definition.js'
import {openStore, type Store, type StoreOptions} from '../../src/store/store.js'

export const definition: SpaceDefinition = {
  accelerator: 'h100-sxm',
  workload: 'llama-3.1-8b',
  phase: 'decode',
  fidelity: 'roofline',
  modelVersion: '1',
  constants: {dramJoulesPerByte: 3.9e-12, levels: ['l2', 'hbm']},
  axes: [
    {name: 'smCount', unit: ''},
    {name: 'batch', unit: ''},
  ],
  boundNames: ['matrix', 'hbm'],
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-store-'))
  onTestFinished(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))
  return folder
}

/** A store that closes when the test ends. */
export function openedStore(file = ':memory:', options: StoreOptions = {mode: 'create'}): Store {
  const store = openStore(file, options)
  onTestFinished(() => store.close())
  return store
}

/** Columns of NaN, but for the metrics given. */
export function metricColumns(rowCount: number, given: Partial<Record<Metric, (row: number) => number>>): Record<Metric, Float64Array> {
  const columns = metricNames.map((name) => {
    const value = given[name] ?? (() => Number.NaN)
    return [name, Float64Array.from({length: rowCount}, (_, row) => value(row))]
  })
  return Object.fromEntries(columns) as Record<Metric, Float64Array>
}

/** Stores one point for each combination; `latencySeconds` is the row, `energyJoules` ten times it. */
export function writeGrid(space: Space, ...axes: readonly (readonly AxisValue[])[]): number {
  let rows: AxisValue[][] = [[]]
  for (const values of axes) rows = rows.flatMap((row) => values.map((value) => [...row, value]))
  return space.write({
    rowCount: rows.length,
    axisCodes: axes.map((_, axis) =>
      space.codes(
        axis,
        rows.map((row) => row[axis]!),
      ),
    ),
    metrics: metricColumns(rows.length, {
      latencySeconds: (row) => row,
      energyJoules: (row) => row * 10,
      boundByIndex: (row) => row % 2,
    }),
  })
}
