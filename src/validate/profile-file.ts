import {renameSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {diskFault} from '../foundation/disk-fault.js'
import {UserError} from '../foundation/user-error.js'
import {resolveFile} from '../spec/catalogue.js'
import {yamlText} from '../spec/write-yaml.js'
import type {Calibration} from './calibrate.js'

/** Writes a calibration as `profile.yaml` beside its accelerator, whole or not at all; returns the file. */
export function writeProfile(
  calibration: Calibration,
  provenance: {readonly tool: string; readonly date: string; readonly command: string},
): string {
  const file = path.join(path.dirname(resolveFile('accelerator', calibration.accelerator)), 'profile.yaml')
  const data = {
    device: calibration.accelerator,
    provenance: {
      ...provenance,
      folds: calibration.foldCount,
      traces: calibration.traces.map((trace) => path.basename(trace)),
      sources: [...calibration.sources],
    },
    classes: calibration.classes.map((each) => ({
      class: each.class,
      dtype: each.dtype,
      computeEfficiency: rounded(each.computeEfficiencyRatio),
      memoryEfficiency: rounded(each.memoryEfficiencyRatio),
      overheadMicroseconds: rounded(each.overheadSeconds * 1e6),
      rows: each.rowCount,
      rooflineMape: rounded(each.rooflineMape),
      fittedMape: rounded(each.fittedMape),
      heldOutMape: rounded(each.heldOutMape),
    })),
  }
  const comments = [
    'Constants fitted from measured kernels: shares of the described peaks, and launch beyond the memories’ latency.',
    'An efficiency of 1 is at its bound, or was not determined because no row was bound by it.',
  ]
  const draft = `${file}.draft`
  try {
    writeFileSync(draft, yamlText(data, comments))
    renameSync(draft, file)
  } catch (cause) {
    rmSync(draft, {force: true})
    throw new UserError(`${file} can't be written: ${diskFault(cause) ?? (cause as Error).message}`, {
      code: 'FILE_UNWRITABLE',
      suggestions: ['check that the folder may be written'],
      cause,
    })
  }
  return file
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
