import type {Accelerator} from '../accelerator/accelerator.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {operatingPoint} from '../cost/operating-point.js'
import {compileProgram} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import {isPass} from '../trace/to-operator.js'
import type {TraceRow} from '../trace/trace-row.js'
import {type EnergyBatch, type EnergyConstant, energyBatch, executedKey} from './energy-constants.js'
import {isThrottled, type MeasuredPass, type PassPrediction, powerRow, predicted, workloadName} from './measured-pass.js'
import {type ErrorMetrics, errorMetrics} from './metrics.js'
import {type FittedConstant, fitPower} from './power-fit.js'
import {notCovered, subjects} from './predictor.js'

/** A constant of an accelerator's energy as measured passes determine it. */
export interface FittedEnergy extends FittedConstant {
  readonly name: string
  readonly path: readonly string[]
  readonly unit: EnergyConstant['unit']
  readonly meaning: string
  /** What the file says; 0 where it says nothing. */
  readonly statedValue: number
}

/** Errors on passes by fits that did not see their model: of power in the measured time, and of power and energy altogether. */
export interface PowerErrors {
  readonly group: string
  readonly rowCount: number
  readonly powerInMeasuredTime: ErrorMetrics
  readonly power: ErrorMetrics
  readonly energy: ErrorMetrics
}

/** What the passes with power of one device tell of its energies. */
export interface PowerCalibration {
  readonly device: string
  readonly rowCount: number
  /** Rows that the fit saw: a clock that a power limit lowered is not known. */
  readonly fittedCount: number
  readonly constants: readonly FittedEnergy[]
  readonly leftOut: 'model' | 'workload'
  readonly errors: readonly PowerErrors[]
}

/** Fewer workloads than this determine no constants. */
export const fewestWorkloads = 10

/** Fits the energies of one accelerator to measured passes: without each model in turn, then on all rows. Nothing where there are too few. */
export function calibratePower(accelerator: Accelerator, rows: readonly TraceRow[], fidelity?: string): PowerCalibration | undefined {
  const batch = energyBatch(accelerator)
  const passes = measuredPasses(accelerator, batch, rows, fidelity)
  const seen = passes.filter((pass) => !isThrottled(pass))
  if (new Set(seen.map(workloadName)).size < fewestWorkloads) return undefined
  const constants = batch.constants(executedBy(passes))
  const powerRows = new Map(seen.map((pass) => [pass, powerRow(pass, constants)]))
  const fit = (kept: readonly MeasuredPass[]): FittedConstant[] =>
    fitPower(
      kept.map((pass) => powerRows.get(pass)!),
      constants,
    )
  const isOneModel = new Set(seen.map(({row}) => row.model)).size === 1
  const partOf = isOneModel ? workloadName : ({row}: MeasuredPass): string => row.model
  const leftOut = [...new Set(passes.map(partOf))].flatMap((part) => {
    const values = fit(seen.filter((pass) => partOf(pass) !== part)).map(({value}) => value)
    return passes.filter((pass) => partOf(pass) === part).map((pass) => predictionBy(pass, constants, values))
  })
  const fitted = fit(seen)
  return {
    device: accelerator.name,
    rowCount: passes.length,
    fittedCount: seen.length,
    constants: constants.map(({columns: _, ...constant}, index) => ({...constant, ...fitted[index]!})),
    leftOut: isOneModel ? 'workload' : 'model',
    errors: errorsBy(leftOut),
  }
}

function measuredPasses(
  accelerator: Accelerator,
  batch: EnergyBatch,
  rows: readonly TraceRow[],
  asked: string | undefined,
): MeasuredPass[] {
  const subjectOf = subjects({})
  const fidelity = chosenFidelity(accelerator, asked)
  return rows.flatMap((row) => {
    const {powerWatts: measuredWatts} = row
    if (!isPass(row) || measuredWatts === undefined || row.clockHertz === undefined) return []
    try {
      const subject = subjectOf(row)
      if (subject.kind === 'skipped') return []
      const at = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
      const program = compileProgram(accelerator, batch.machine, subject.workload, fidelity, batch.rowCapacity)
      return [{row, measuredWatts, clockHertz: at.clockHertz, limitWatts: at.powerLimitWatts, program}]
    } catch (error) {
      if (error instanceof UserError && notCovered.has(error.code)) return []
      throw error
    }
  })
}

function executedBy(passes: readonly MeasuredPass[]): Set<string> {
  const works = passes.flatMap(({program}) => program.operators.flatMap(({program: {executed}}) => executed))
  return new Set(works.map(({unitIndex, dtype}) => executedKey(unitIndex, dtype)))
}

interface LeftOutPass extends PassPrediction {
  readonly pass: MeasuredPass
}

/** What these constants say of a pass. */
function predictionBy(pass: MeasuredPass, constants: readonly EnergyConstant[], values: readonly number[]): LeftOutPass {
  for (const [index, {columns}] of constants.entries()) for (const column of columns) column[0] = values[index]!
  return {pass, ...predicted(pass)}
}

function errorsBy(leftOut: readonly LeftOutPass[]): PowerErrors[] {
  const groups = new Map<string, LeftOutPass[]>()
  for (const each of leftOut) {
    const {op, dtype, model} = each.pass.row
    for (const group of ['all', op, ...(isThrottled(each.pass) ? ['at the limit'] : []), `${op} ${model} ${dtype ?? ''}`.trim()])
      groups.set(group, [...(groups.get(group) ?? []), each])
  }
  return [...groups].map(([group, passes]) => ({group, rowCount: passes.length, ...groupErrors(passes)}))
}

function groupErrors(passes: readonly LeftOutPass[]): Pick<PowerErrors, 'powerInMeasuredTime' | 'power' | 'energy'> {
  const errors = (of: (each: LeftOutPass) => number, measured: (pass: MeasuredPass) => number): ErrorMetrics =>
    errorMetrics(
      Float64Array.from(passes, of),
      Float64Array.from(passes, ({pass}) => measured(pass)),
      passes.length,
    )!
  const measuredWatts = ({measuredWatts: watts}: MeasuredPass): number => watts
  return {
    powerInMeasuredTime: errors((each) => each.wattsInMeasuredTime, measuredWatts),
    power: errors((each) => each.watts, measuredWatts),
    energy: errors(
      (each) => each.joules,
      ({row, measuredWatts: watts}) => row.energyJoules ?? watts * row.latencySeconds,
    ),
  }
}
