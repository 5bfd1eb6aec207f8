import {designBatch} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import {type StaticMetric, staticMetrics} from '../cost/metrics.js'
import {compileStatics, type StaticColumns} from '../cost/statics.js'
import type {Axis} from './axis.js'
import {isOperatingAxis} from './operating-axes.js'
import {groupedRows, passGroups} from './pass-groups.js'
import {spaceProgram} from './space-program.js'
import type {DesignSpace} from './study.js'
import {unitScale} from './unit-scale.js'

/** Passes that are kept compiled. */
const passLimit = 4096

/** Axes of a space that a static result may depend on: the machine's but for the point that it runs at, and the pass's but for die area. */
export function staticAxisNames({passAxes, machineAxes}: DesignSpace, metric: StaticMetric): readonly string[] {
  const machine = machineAxes.map(({name}) => name).filter((name) => !isOperatingAxis(name))
  return metric === 'dieSquareMillimetres' ? machine : [...passAxes.map(({name}) => name), ...machine]
}

/** Static results of designs, and how to fill them from the places of axes whose numbers are settled. */
export interface StaticResults {
  readonly columns: StaticColumns
  readonly fill: (rowCount: number, columns: readonly Column[]) => void
}

/** Compiles the static results of a space over some of its axes, which hold all that these depend on. */
export function staticResults(
  space: DesignSpace,
  axes: readonly Axis[],
  columnOf: (name: string) => Column,
  rowCapacity: number,
): StaticResults {
  const {accelerator, machineAxes} = space
  const varied = machineAxes.filter(({name}) => accelerator.parameters.symbols.has(name))
  const {machine, parameterColumns, refill} = designBatch(
    accelerator,
    varied.map(({name}) => name),
    rowCapacity,
  )
  const inputs = varied.map(({name, unit}) => ({from: columnOf(name), to: parameterColumns.get(name)!, scale: unitScale(unit)}))
  const passAxes = axes.filter(({name}) => space.passAxes.some((axis) => axis.name === name))
  const passColumns = passAxes.map(({name}) => axes.findIndex((axis) => axis.name === name))
  const groups = passGroups(passAxes)
  const first = Object.fromEntries(space.passAxes.map(({name, values}) => [name, values[0]]))
  const passes = new Map<string, ReturnType<typeof compileStatics>>()
  const passOf = (values: Readonly<Record<string, unknown>>): ReturnType<typeof compileStatics> => {
    const key = JSON.stringify(values)
    const pass = passes.get(key) ?? compileStatics(machine, spaceProgram(space, {...first, ...values}).workload, rowCapacity)
    if (passes.size < passLimit) passes.set(key, pass)
    return pass
  }
  const [block, out] = [staticColumns(rowCapacity), staticColumns(rowCapacity)]
  const fill: StaticResults['fill'] = (rowCount, columns) => {
    for (const {values, rows} of groupedRows(groups, {rowCount, columns: passColumns.map((index) => columns[index]!)})) {
      for (const {from, to, scale} of inputs) for (let row = 0; row < rows.length; row++) to[row] = from[rows[row]!]! * scale
      refill(rows.length)
      passOf(values)(block, rows.length)
      for (const name of staticMetrics) for (let row = 0; row < rows.length; row++) out[name][rows[row]!] = block[name][row]!
    }
  }
  return {columns: out, fill}
}

function staticColumns(rowCapacity: number): StaticColumns {
  return Object.fromEntries(staticMetrics.map((name) => [name, new Float64Array(rowCapacity)])) as Record<StaticMetric, Column>
}
