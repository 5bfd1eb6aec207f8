import {renameSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {diskFault} from '../foundation/disk-fault.js'
import {UserError} from '../foundation/user-error.js'
import {resolveFile} from '../spec/catalogue.js'
import {yamlText} from '../spec/write-yaml.js'
import type {Calibration, ClassCalibration, FittedParameter} from './calibrate.js'
import type {ErrorMetrics} from './metrics.js'
import {splitText} from './split.js'

export interface Provenance {
  readonly tool: string
  readonly date: string
  readonly command: string
}

const comments = [
  'Parameters of kernel-time models fitted from measured kernels, with their 95 % intervals; errors are ratios of the measured latency.',
  'A parameter that is not determined stands where the fit left it: these rows do not say what it is.',
]

/** Writes the calibration of each device as `profile.yaml` beside its accelerator, whole or not at all; returns the files. */
export function writeProfiles(calibration: Calibration, provenance: Provenance): string[] {
  return calibration.devices.map(({accelerator, device, sources}) => {
    const file = path.join(path.dirname(resolveFile('accelerator', accelerator)), 'profile.yaml')
    const data = {
      device,
      provenance: {
        ...provenance,
        split: splitText(calibration.split),
        traces: calibration.traces.map((trace) => path.basename(trace)),
        sources: [...sources],
      },
      classes: calibration.classes.filter((each) => each.device === device).map(classData),
    }
    writeWhole(file, yamlText(data, comments))
    return file
  })
}

function classData({
  class: operatorClass,
  dtype,
  rowCount,
  launch,
  roofline,
  fitted,
  heldOut,
  transfer,
  range,
  parameters,
}: ClassCalibration) {
  return {
    class: operatorClass,
    dtype,
    rows: rowCount,
    launch,
    roofline: errorData(roofline),
    fitted: errorData(fitted),
    heldOut: errorData(heldOut),
    ...(transfer.length === 0 ? {} : {transfer: transfer.map((each) => ({...each, mape: rounded(each.mape)}))}),
    range: Object.fromEntries(Object.entries(range).map(([name, [least, most]]) => [name, [least, most]])),
    parameters: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterData(parameter)])),
  }
}

function parameterData({value, unit, interval, isDetermined}: FittedParameter) {
  return {value: rounded(value), unit, interval: interval.map(rounded), ...(isDetermined ? {} : {determined: false})}
}

function errorData({mape, median, p90, bias}: ErrorMetrics) {
  return {mape: rounded(mape), median: rounded(median), p90: rounded(p90), bias: rounded(bias)}
}

function writeWhole(file: string, text: string): void {
  const draft = `${file}.draft`
  try {
    writeFileSync(draft, text)
    renameSync(draft, file)
  } catch (cause) {
    rmSync(draft, {force: true})
    throw new UserError(`${file} can't be written: ${diskFault(cause) ?? (cause as Error).message}`, {
      code: 'FILE_UNWRITABLE',
      suggestions: ['check that the folder may be written'],
      cause,
    })
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
