import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {onTestFinished} from 'vitest'
import {type Metric, metricNames} from '../../src/cost/metrics.js'
import {UserError} from '../../src/foundation/user-error.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import type {PointRow} from '../../src/store/space-reader.js'
import type {DesignSpace} from '../../src/sweep/design-space.js'
import type {PointSink} from '../../src/sweep/point-sink.js'
import {axesOf, spaceIdentity} from '../../src/sweep/space-identity.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'
import {type SweepOptions, sweep} from '../../src/sweep/sweep.js'
import {tinyText} from '../support/tiny-machine.js'

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-sweep-'))
  onTestFinished(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))
  return folder
}

/** The file of a shipped accelerator, as studies name it by path. */
export const shippedAccelerator = (name: string): string => path.join(packageRoot, 'accelerators', name, 'accelerator.yaml')

/** Writes a study, beside two machines: one that extends a shipped one by path, and one without dies or prices. */
export function writeStudy(text: string, folder = temporaryFolder(), name = 'small'): string {
  writeFileSync(
    path.join(folder, 'machine.yaml'),
    `extends: ${JSON.stringify(shippedAccelerator('h100-sxm'))}\ntitle: a family around the H100\n`,
  )
  writeFileSync(path.join(folder, 'tiny.yaml'), tinyText)
  const file = path.join(folder, `${name}.yaml`)
  writeFileSync(file, text)
  return file
}

export function studyOf(text: string): Study {
  return loadStudy(writeStudy(text))
}

/** Six designs of one machine in decode, each at two batches. */
export const smallStudy = `title: A small family
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: [100, 132, 140]
      clock: [1410 MHz, 1980 MHz]
workloads:
  - {model: gpt2, phase: decode, contextTokens: 512}
axes:
  batch: [1, 8]
objectives: [latency, energyPerToken]
`

/** The error that a study is refused with. */
export function refusal(text: string): UserError {
  try {
    studyOf(text)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('the study was accepted')
}

export type SweptPoint = Readonly<Record<string, number | string>>

/** Sweeps or searches into memory: points with the values of their axes and their metrics. */
export async function sweptPoints(
  study: Study,
  options: Omit<SweepOptions, 'sinkOf'> = {},
  run: (study: Study, options: SweepOptions) => Promise<unknown> = sweep,
): Promise<SweptPoint[]> {
  const points: SweptPoint[] = []
  let spaceIndex = 0
  const sinkOf = (): PointSink => {
    const space = study.spaces[spaceIndex++]!
    const names = spaceIdentity(space).axes.map(({name}) => name)
    const values = new Map(axesOf(space).map((axis) => [axis.name, axis.values]))
    return {
      codes: (_, values) => Int32Array.from(values, (__, code) => code),
      missingRows: ({rowCount}) => Int32Array.from({length: rowCount}, (_, row) => row),
      write: ({rowCount, axisCodes, metrics}) => {
        for (let row = 0; row < rowCount; row++) {
          const named = names.map((name, axis) => [name, cellOf(values.get(name) ?? [], axisCodes[axis]![row]!)])
          points.push(Object.fromEntries([...named, ...metricNames.map((name) => [name, metrics[name][row]])]) as SweptPoint)
        }
        return rowCount
      },
    }
  }
  await run(study, {...options, sinkOf})
  return points
}

/** The value behind a code of an axis; one without levels has its number as it stands. */
function cellOf(values: readonly unknown[], code: number): unknown {
  return values.length === 0 ? code : values[code]
}

/** Metrics of two points, made comparable. */
export function metricsOf(point: SweptPoint | PointRow): Record<Metric, unknown> {
  return Object.fromEntries(metricNames.map((name) => [name, point[name] ?? null])) as Record<Metric, unknown>
}

/** The only space of a study. */
export function onlySpace(study: Study): DesignSpace {
  return study.spaces[0]!
}
