import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import {type StaticMetric, staticMetrics} from '../cost/metrics.js'
import {compileStatics, type StaticColumns} from '../cost/statics.js'
import {pointerTo} from '../spec/yaml-source.js'
import type {Axis} from './axis.js'
import {type Constraint, isStatic} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {isMappingAxis} from './mapping-axes.js'
import {groupedRows, passGroups} from './pass-groups.js'
import {spaceProgram} from './space-program.js'
import {unitScale} from './unit-scale.js'

/** Passes that are kept compiled. */
const passLimit = 4096

/** Names of axes and parameters that a static result depends on: what the fields behind it name, and the settings that share it out. */
export function staticNames({accelerator, passAxes}: DesignSpace, metric: StaticMetric): readonly string[] {
  const store = storeFields(accelerator)
  const fields = {
    residentBytes: [],
    fitsInMemory: store,
    dieSquareMillimetres: ['/dies/'],
    deviceDollars: ['/dies/', '/memoryPrice', ...store],
    embodiedGrams: ['/dies/', '/memoryCarbon', ...store],
  }[metric]
  const leaves = accelerator.leaves.filter(({pointer}) => fields.some((field) => pointer.startsWith(field)))
  const settings = passAxes.map(({name}) => name).filter((name) => movesStatic(metric, name))
  return [...new Set([...settings, ...leaves.flatMap(({expression}) => expression.dependsOn)])]
}

/** The fields that say how much the outermost memory holds. */
function storeFields({machine}: Accelerator): readonly string[] {
  const memory = pointerTo('/memories', machine.memories.at(-1)!.name)
  return [`${memory}/capacity`, `${memory}/instances`]
}

/** Whether a setting of the pass can move a static result: of what is made, the number of devices alone. */
function movesStatic(metric: StaticMetric, setting: string): boolean {
  if (metric === 'dieSquareMillimetres') return false
  if (metric === 'deviceDollars' || metric === 'embodiedGrams') return setting === 'tensorParallel'
  return setting === 'fusion' || !isMappingAxis(setting)
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
  const varied = machineAxes.filter(({name}) => accelerator.parameters.symbols.has(name) && axes.some((axis) => axis.name === name))
  const fields = ['/dies/', '/memoryPrice', '/memoryCarbon', ...storeFields(accelerator)]
  const {machine, parameterColumns, refill} = designBatch(
    accelerator,
    varied.map(({name}) => name),
    rowCapacity,
    (pointer) => fields.some((field) => pointer.startsWith(field)),
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

/** The numbers that early constraints name, static results among them; these are filled once the places of axes are settled. */
export interface EarlyColumns {
  readonly named: (name: string) => Column
  readonly fill: StaticResults['fill']
}

/** Compiles what early constraints name over some axes, which hold all that it depends on. */
export function earlyColumns(
  space: DesignSpace,
  axes: readonly Axis[],
  early: readonly Constraint[],
  columnOf: (name: string) => Column,
  rowCapacity: number,
): EarlyColumns {
  const statics = early.some(({stage}) => stage === 'static') ? staticResults(space, axes, columnOf, rowCapacity) : undefined
  return {
    named: (name) => (isStatic(name) ? statics!.columns[name] : columnOf(name)),
    fill: (rowCount, columns) => statics?.fill(rowCount, columns),
  }
}

function staticColumns(rowCapacity: number): StaticColumns {
  return Object.fromEntries(staticMetrics.map((name) => [name, new Float64Array(rowCapacity)])) as Record<StaticMetric, Column>
}
