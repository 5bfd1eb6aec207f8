import path from 'node:path'
import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {Calibration, ClassCalibration, FitErrors, FittedParameter, RegimeErrors, TraceCalibration} from '../validate/calibrate.js'
import type {WrittenProfile} from '../validate/profile-file.js'
import {splitText} from '../validate/split.js'
import {blocks} from './layout.js'
import {powerCalibrationText} from './power-calibration-view.js'

/** A regime with this many rows or more should not lean further than this to one side. */
const telling = {rowCount: 25, biasRatio: 0.12}

/** Of errors without a heavy tail, the 90th percentile is no further above their mean. */
const greatestTailRatio = 2.3

/** A calibration as a person reads it: rows, errors before and after by trace, class and regime, and the parameters with their confidence. */
export function calibrationText({classes, split, traces, skipped, devices, power}: Calibration, colours: Palette): string {
  const classTable = [
    {header: 'device', cell: ({device}: ClassCalibration) => device, align: 'left', dropOrder: 5} as const,
    ...classColumns,
  ]
  return blocks(
    `${colours.bold('rows')}, and latency error by trace; unseen: ${splitText(split)}`,
    formatTable(traceColumns(colours), traces),
    skipped.length === 0 ? undefined : skipped.map(({reason, count}) => `${count} not fitted: ${reason}`).join('\n'),
    ...devices.map(({device, unusableProfile}) =>
      unusableProfile === undefined
        ? undefined
        : colours.yellow(`before is the plain roofline on ${device}, as a profile can't be used: ${unusableProfile}`),
    ),
    ...(classes.length === 0
      ? []
      : [colours.bold('latency error by class'), formatTable([...classTable, ...errorColumns<ClassCalibration>(colours)], classes)]),
    ...classes.map((each) => classText(each, colours)),
    ...power.map((each) => powerCalibrationText(each, colours)),
  )
}

/** What was written, and what is gone with the profile that stood there. */
export function writtenText({file, lost}: WrittenProfile): string {
  return lost.length === 0 ? `wrote ${file}` : `wrote ${file} in place of one that also held ${lost.join(', ')}`
}

function traceColumns(colours: Palette): readonly TableColumn<TraceCalibration>[] {
  const errors = errorColumns<FitErrors>(colours).slice(1)
  return [
    {header: 'trace', cell: ({trace}) => path.basename(trace), align: 'left'},
    {header: 'rows', cell: ({rowCount}) => String(rowCount)},
    {header: 'fitted rows', cell: ({fittedCount, rowCount}) => formatPercent(rowCount === 0 ? 0 : fittedCount / rowCount)},
    ...errors.map((column) => ({...column, cell: ({errors: each}: TraceCalibration) => (each === null ? nothing : column.cell(each))})),
    {header: 'p90 / mean', cell: ({errors: each}) => tailText(each, colours), align: 'right', dropOrder: 1},
  ]
}

function tailText(errors: FitErrors | null, {yellow}: Palette): string {
  if (errors === null || errors.heldOut.mape === 0) return nothing
  const ratio = errors.heldOut.p90 / errors.heldOut.mape
  return (ratio > greatestTailRatio ? yellow : String)(formatQuantity(ratio, ''))
}

const classColumns: readonly TableColumn<ClassCalibration>[] = [
  {header: 'class', cell: ({class: name}) => name, align: 'left'},
  {header: 'dtype', cell: ({dtype}) => dtype, align: 'left'},
  {header: 'issued', cell: ({launch}) => launch, align: 'left', dropOrder: 6},
]

function classText(each: ClassCalibration, colours: Palette): string {
  const {device, class: name, dtype, regimes, parameters, transfer} = each
  return blocks(
    colours.bold(`${device} ${name} ${dtype}`),
    formatTable(parameterColumns(colours), parameters),
    formatTable([{header: 'regime', cell: ({regime}) => regime, align: 'left'}, ...errorColumns<RegimeErrors>(colours)], regimes),
    transfer.length === 0
      ? undefined
      : `the same parameters elsewhere: ${transfer.map(({device: other, rows, mape}) => `${other} ${formatPercent(mape)} of ${rows} rows`).join(', ')}`,
  )
}

function errorColumns<Row extends FitErrors>({yellow}: Palette): TableColumn<Row>[] {
  return [
    {header: 'rows', cell: ({fitted}) => String(fitted.rowCount)},
    {header: 'roofline', cell: ({roofline}) => formatPercent(roofline.mape), dropOrder: 4},
    {header: 'before', cell: ({before}) => formatPercent(before.mape), dropOrder: 3},
    {header: 'fitted', cell: ({fitted}) => formatPercent(fitted.mape)},
    {header: 'unseen', cell: ({heldOut}) => formatPercent(heldOut.mape)},
    {header: 'median', cell: ({heldOut}) => formatPercent(heldOut.median), dropOrder: 2},
    {header: 'p90', cell: ({heldOut}) => formatPercent(heldOut.p90), dropOrder: 1},
    {
      header: 'bias',
      cell: ({heldOut: {bias, rowCount}}) =>
        (Math.abs(bias) > telling.biasRatio && rowCount >= telling.rowCount ? yellow : String)(formatPercent(bias)),
      dropOrder: 1,
      align: 'right',
    },
  ]
}

function parameterColumns({yellow, dim}: Palette): TableColumn<FittedParameter>[] {
  return [
    {header: 'parameter', cell: ({name}) => name, align: 'left'},
    {header: 'value', cell: ({value}) => formatQuantity(value, ''), align: 'right'},
    {header: 'unit', cell: ({unit}) => unit, align: 'left'},
    {header: '95 % interval', cell: intervalText, align: 'left'},
    {header: 'bounds', cell: ({bounds: [least, most]}) => dim(`${least} to ${most}`), align: 'left', dropOrder: 3},
    {header: 'shared by', cell: ({scope}) => (scope === 'generation' ? 'generation' : nothing), align: 'left', dropOrder: 4},
    {header: '', cell: (each) => (warningOf(each) === '' ? '' : yellow(warningOf(each))), align: 'left'},
    {header: 'meaning', cell: ({meaning}) => dim(meaning), align: 'left', dropOrder: 2},
  ]
}

function intervalText({interval: [low, high]}: FittedParameter): string {
  return `${formatQuantity(low, '')} to ${formatQuantity(high, '')}`
}

function warningOf({isDetermined, value, bounds}: FittedParameter): string {
  if (!isDetermined) return 'not determined'
  return bounds.includes(value) ? 'at its bound' : ''
}
