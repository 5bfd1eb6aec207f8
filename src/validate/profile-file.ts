import {existsSync} from 'node:fs'
import path from 'node:path'
import {entriesOf, forgetProfile, profileFile} from '../cost/calibrated/profile.js'
import {UserError} from '../foundation/user-error.js'
import {writeWhole} from '../foundation/write-whole.js'
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
  'A parameter that is not determined stands where the search starts, or trades off with another: these rows do not say what it is.',
]

/** A command line for others to repeat: files by their names alone, what a shell would part in quotes. */
export function commandText(words: readonly string[]): string {
  return words
    .map((word) => word.split(/[\\/]/).at(-1) ?? '')
    .map((word) => (/^[\w.=,:%+@-]+$/.test(word) ? word : `"${word}"`))
    .join(' ')
}

/** A profile that was written, and what one that stood there before held beyond it. */
export interface WrittenProfile {
  readonly file: string
  readonly lost: readonly string[]
}

/** Writes the calibration of each device beside its accelerator, whole or not at all, in place of what stood there. */
export function writeProfiles(calibration: Calibration, provenance: Provenance): WrittenProfile[] {
  return calibration.devices.map(({accelerator, device, sources}) => {
    const file = profileFile(resolveFile('accelerator', accelerator))
    const classes = calibration.classes.filter((each) => each.device === device)
    const data = {
      device,
      provenance: {
        ...provenance,
        split: splitText(calibration.split),
        traces: calibration.traces.map(({trace}) => path.basename(trace)),
        sources: [...sources],
      },
      classes: classes.map(classData),
    }
    const before = classesIn(file)
    writeWhole(file, yamlText(data, comments))
    forgetProfile(file)
    const now = new Set(classes.map(className))
    return {file, lost: before.filter((name) => !now.has(name))}
  })
}

function className({class: name, dtype, launch}: Pick<ClassCalibration, 'class' | 'dtype' | 'launch'>): string {
  return `${name} ${dtype} ${launch}`
}

/** What a profile holds that stands there; nothing of one that is of another version. */
function classesIn(file: string): string[] {
  if (!existsSync(file)) return []
  try {
    return entriesOf(file).map(className)
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}

function classData({
  class: operatorClass,
  dtype,
  rowCount,
  launch,
  hidesHost,
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
    ...(hidesHost ? {hidesHost} : {}),
    roofline: errorData(roofline),
    fitted: errorData(fitted),
    heldOut: errorData(heldOut),
    ...(transfer.length === 0 ? {} : {transfer: transfer.map((each) => ({...each, mape: rounded(each.mape)}))}),
    range: Object.fromEntries(Object.entries(range).map(([name, [least, most]]) => [name, [least, most]])),
    parameters: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterData(parameter)])),
  }
}

function parameterData({value, unit, interval, isDetermined}: FittedParameter) {
  return {value, unit, interval: interval.map(rounded), ...(isDetermined ? {} : {determined: false})}
}

function errorData({mape, median, p90, bias}: ErrorMetrics) {
  return {mape: rounded(mape), median: rounded(median), p90: rounded(p90), bias: rounded(bias)}
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
