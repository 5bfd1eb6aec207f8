import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatPercent, formatQuantity} from '../cli/text.js'
import type {PowerCalibration, PowerErrors} from '../validate/calibrate-power.js'
import type {FittedEnergy} from '../validate/energy-constants.js'
import type {ErrorMetrics} from '../validate/metrics.js'
import {blocks} from './layout.js'

/** What passes with power tell of a device's energies: constants, errors on what no fit saw, and the part of a file to keep. */
export function powerCalibrationText(power: PowerCalibration, colours: Palette): string {
  const {device, rowCount, fittedCount, constants, leftOut, errors, fragment} = power
  const limited = rowCount - fittedCount
  const left = limited === 0 ? '' : `; ${limited} that met their power limit are predicted, not fitted`
  return blocks(
    `${colours.bold(`${device}: energies`)}, at the voltage that the file states, from the power of ${fittedCount} passes in their measured time${left}`,
    formatTable(constantColumns(colours), constants),
    `${colours.bold('error of passes')}, by fits without their ${leftOut}`,
    formatTable(errorColumns, errors),
    `to keep the determined ones, put this into the accelerator's file:\n\n${fragment}`,
  )
}

function constantColumns({yellow, dim}: Palette): TableColumn<FittedEnergy>[] {
  return [
    {header: 'constant', cell: ({name}) => name, align: 'left'},
    {header: 'value', cell: ({value, unit}) => formatQuantity(value, unit), align: 'right'},
    {header: '95 % interval', cell: ({interval, unit}) => interval.map((end) => formatQuantity(end, unit)).join(' to '), align: 'left'},
    {header: 'file', cell: ({statedValue, unit}) => formatQuantity(statedValue, unit), dropOrder: 2},
    {header: '', cell: ({isDetermined}) => (isDetermined ? '' : yellow('not determined: as in the file')), align: 'left'},
    {header: 'meaning', cell: ({meaning}) => dim(meaning), align: 'left', dropOrder: 1},
  ]
}

const errorColumns: readonly TableColumn<PowerErrors>[] = [
  {header: 'passes', cell: ({group}) => group, align: 'left'},
  {header: 'rows', cell: ({rowCount}) => String(rowCount)},
  errorColumn('power in measured time', ({powerInMeasuredTime}) => powerInMeasuredTime),
  errorColumn('power', ({power}) => power),
  errorColumn('energy', ({energy}) => energy),
  {header: 'bias of energy', cell: ({energy}) => formatPercent(energy.bias), dropOrder: 1},
]

function errorColumn(header: string, of: (errors: PowerErrors) => ErrorMetrics): TableColumn<PowerErrors> {
  return {header, cell: (errors) => formatPercent(of(errors).mape)}
}
