import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {PointRow} from '../../src/store/space-reader.js'
import {openStore, type Store} from '../../src/store/store.js'
import {runStudySweep} from '../../src/study/run-sweep.js'
import {studyPoints} from '../../src/study/study-points.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'
import {writeStudy} from '../sweep/studies.js'

/** Chips for two workloads, of which some draw too much and some are too large. */
export const servingStudy = `title: Chips for two workloads
fidelity: roofline
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: [84, 108, 132, 156]
      hbmBandwidth: [1500 GB/s, 3000 GB/s, 4500 GB/s]
      l2: [16 MiB, 50 MiB, 96 MiB]
      clock: [990 MHz, 1485 MHz, 1980 MHz]
workloads:
  - {model: gpt2, phase: prefill, promptTokens: 512}
  - {model: gpt2, phase: decode, contextTokens: 512}
axes:
  batch: [1, 16]
constraints: [dieSquareMillimetres <= 850 mm^2, averageWatts <= 450 W, fitsInMemory == 1]
objectives: [latency, energyPerToken, area]
`

export interface Swept {
  readonly study: Study
  readonly store: Store
  readonly storeFile: string
  /** By workload, every point that meets the constraints. */
  readonly feasible: readonly (readonly PointRow[])[]
  /** Leaves nothing behind. */
  readonly close: () => void
}

/** A study that was swept, open to be asked until it is closed. */
export async function swept(text = servingStudy): Promise<Swept> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-answers-'))
  const study = loadStudy(writeStudy(text, folder))
  const storeFile = path.join(folder, 'points.db')
  await runStudySweep(study, {storeFile})
  const store = openStore(storeFile, {mode: 'read'})
  const feasible = studyPoints(study, store, Number.POSITIVE_INFINITY).map((points) => points.feasible)
  const close = (): void => {
    store.close()
    rmSync(folder, {recursive: true, force: true, maxRetries: 5})
  }
  return {study, store, storeFile, feasible, close}
}
