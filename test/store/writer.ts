import {argv, stdout} from 'node:process'
import {setTimeout as wait} from 'node:timers/promises'
import {type Metric, metricNames} from '../../src/cost/metrics.js'
import type {SpaceDefinition} from '../../src/store/space-definition.js'
import {openStore} from '../../src/store/store.js'

/** A sweep in small: a program that the kill test starts, kills, and starts again. */
const definition: SpaceDefinition = {
  accelerator: 'machine',
  workload: 'work',
  phase: 'decode',
  fidelity: 'roofline',
  modelVersion: '1',
  constants: null,
  axes: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({name, unit: ''})),
  boundNames: [],
}

const batchCount = 40
const rowCount = 800

const store = openStore(argv[2]!, {mode: 'create'})
const space = store.space(definition)
for (let batch = 0; batch < batchCount; batch++) {
  // New levels come on the way: kills meet those too.
  const first = space.codes(0, new Array<number>(rowCount).fill(batch * 10))
  space.codes(
    0,
    Array.from({length: 10}, (_, i) => batch * 10 + i),
  )
  const second = space.codes(
    1,
    Array.from({length: rowCount}, (_, row) => row % 40),
  )
  const third = space.codes(
    2,
    Array.from({length: rowCount}, (_, row) => Math.floor(row / 40)),
  )
  const rest = [3, 4, 5, 6, 7].map((axis) => space.codes(axis, new Array<string>(rowCount).fill('same')))
  const axisCodes = [first, second, third, ...rest]
  const missing = space.missingRows({rowCount, axisCodes})
  const metrics = Object.fromEntries(
    metricNames.map((name, i) => [name, Float64Array.from(missing, (row) => batch * 1000 + row + i / 100)]),
  ) as Record<Metric, Float64Array>
  const added = space.write({
    rowCount: missing.length,
    axisCodes: axisCodes.map((codes) => Int32Array.from(missing, (row) => codes[row]!)),
    metrics,
  })
  stdout.write(`${batch} ${added}\n`)
  await wait(0)
}
store.close()
