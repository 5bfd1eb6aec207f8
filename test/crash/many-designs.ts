import path from 'node:path'
import {openStore} from '../../src/store/store.js'
import {shardRange} from '../../src/sweep/shard.js'
import {loadStudy} from '../../src/sweep/study.js'
import {sweep} from '../../src/sweep/sweep.js'
import {writeStudy} from '../sweep/studies.js'

/** Points of the study, in two spaces, none of which ends where a batch does. */
export const pointCount = 2 * 24_000

/** A study that takes long enough to be killed at many moments, and no longer. */
export function manyDesigns(folder: string): string {
  return writeStudy(
    `title: Many designs
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: {from: 101, to: 140, step: 1}
      hbmBandwidth: {from: 2000 GB/s, to: 4000 GB/s, count: 20}
      clock: {from: 1005 MHz, to: 1980 MHz, count: 30}
workloads:
  - {model: gpt2, phase: decode, contextTokens: 512}
  - {model: gpt2, phase: prefill}
constraints: [averageWatts <= 500 W]
objectives: [latency, energyPerToken]
fidelity: roofline
`,
    folder,
    'many',
  )
}

/** Sweeps a study in shards, each into a store of its own. */
export async function shardStores(studyFile: string, folder: string, shardCount: number): Promise<string[]> {
  const files = Array.from({length: shardCount}, (_, index) => path.join(folder, `shard-${index + 1}.db`))
  const study = loadStudy(studyFile)
  for (const [index, file] of files.entries()) {
    const store = openStore(file, {mode: 'create'})
    const shard = {shardIndex: index + 1, shardCount}
    const {pointCount: sweptCount} = await sweep(study, {shard, workerCount: 1, sinkOf: (definition) => store.space(definition)})
    const {firstIndex, endIndex} = shardRange(shard, pointCount)
    if (sweptCount !== endIndex - firstIndex) throw new Error(`${file} has ${sweptCount} points`)
    store.close()
  }
  return files
}
