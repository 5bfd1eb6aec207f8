import type {Accelerator} from '../accelerator/accelerator.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {mayBeThrottled} from '../cost/held-power.js'
import {operatingPoint} from '../cost/operating-point.js'
import {compileProgram} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import type {TraceRow} from '../trace/trace-row.js'
import {type EnergyBatch, type EnergyConstant, energyBatch, executedKey, type FittedEnergy} from './energy-constants.js'
import {energyFragment} from './energy-fragment.js'
import {type MeasuredPass, type PassPrediction, powerRow, predicted, workloadName} from './measured-pass.js'
import {type ErrorMetrics, errorMetrics} from './metrics.js'
import {type FittedConstant, fitPower} from './power-fit.js'
import {notCovered, subjects} from './predictor.js'

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
  /** The determined constants as a part of an accelerator file. */
  readonly fragment: string
}

/** Fewer workloads than this determine no constants. */
export const fewestWorkloads = 10

/** What became of the passes of one device. */
export interface CalibratedPower {
  /** Undefined where they are too few. */
  readonly power: PowerCalibration | undefined
  /** Rows that the calibration predicts. */
  readonly used: ReadonlySet<TraceRow>
  readonly skipped: readonly {readonly reason: string; readonly count: number}[]
}

/** Fits the energies of one accelerator to measured passes: without each model in turn, then on all rows. */
export function calibratePower(accelerator: Accelerator, rows: readonly TraceRow[], fidelity?: string): CalibratedPower {
  const batch = energyBatch(accelerator)
  const {passes, skipped} = measuredPasses(accelerator, batch, rows, fidelity)
  const seen = passes.filter(({throttled}) => !throttled)
  if (new Set(seen.map(workloadName)).size < fewestWorkloads) {
    const reason = `passes of ${accelerator.name} with power: fewer than ${fewestWorkloads} workloads below the limit`
    return {power: undefined, used: new Set(), skipped: [...skipped, {reason, count: passes.length}]}
  }
  const power = calibrationOf(accelerator, passes, seen, batch.constants(executedBy(passes)))
  return {power, used: new Set(passes.map(({row}) => row)), skipped}
}

function calibrationOf(
  {name}: Accelerator,
  passes: readonly MeasuredPass[],
  seen: readonly MeasuredPass[],
  constants: readonly EnergyConstant[],
): PowerCalibration {
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
  const energies = constants.map(({columns: _, ...constant}, index) => ({...constant, ...fitted[index]!}))
  return {
    device: name,
    rowCount: passes.length,
    fittedCount: seen.length,
    constants: energies,
    leftOut: isOneModel ? 'workload' : 'model',
    errors: errorsBy(leftOut),
    fragment: energyFragment(energies, seen.length),
  }
}

function measuredPasses(
  accelerator: Accelerator,
  {machine, rowCapacity}: EnergyBatch,
  rows: readonly TraceRow[],
  asked: string | undefined,
) {
  const subjectOf = subjects({})
  const fidelity = chosenFidelity(accelerator, asked)
  const reasons = new Map<string, number>()
  const skip = (reason: string): [] => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    return []
  }
  const passes = rows.flatMap((row): MeasuredPass[] => {
    const {powerWatts: measuredWatts} = row
    if (measuredWatts === undefined || row.clockHertz === undefined) return skip(`${row.op} row without power_w or clock_mhz`)
    try {
      const subject = subjectOf(row)
      if (subject.kind === 'skipped') return skip(subject.reason)
      const at = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
      const program = compileProgram(accelerator, machine, subject.workload, fidelity, rowCapacity)
      const {clockHertz, powerLimitWatts: limitWatts} = at
      const throttled = mayBeThrottled(measuredWatts, limitWatts, accelerator.machine.power.regulationRatio)
      return [{row, measuredWatts, clockHertz, limitWatts, throttled, program}]
    } catch (error) {
      if (error instanceof UserError && notCovered.has(error.code)) return skip(error.message)
      throw error
    }
  })
  return {passes, skipped: [...reasons].map(([reason, count]) => ({reason, count}))}
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
    for (const group of ['all', op, ...(each.pass.throttled ? ['at the limit'] : []), `${op} ${model} ${dtype ?? ''}`.trim()])
      groups.set(group, [...(groups.get(group) ?? []), each])
  }
  return [...groups]
    .map(([group, passes]) => ({group, rowCount: passes.length, ...groupErrors(passes)}))
    .sort((a, b) => (a.group < b.group ? -1 : 1))
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
