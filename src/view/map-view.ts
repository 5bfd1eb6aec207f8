import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {bar, formatBeside, formatCapacity, formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import type {FittingMapping, MappedProblem} from '../mapping/mapped-problem.js'
import type {LevelAnalysis, NestAnalysis, TensorTraffic} from '../mapping/nest-analysis.js'
import type {Problem} from '../workload/problem.js'
import {arrayText} from './array-text.js'
import {blocks, factLines} from './layout.js'
import {misfitText} from './misfit-text.js'
import {nestText} from './nest-text.js'

/** What is shown of a mapping: where it runs, and how it was found, in words. */
export interface ShownMapping {
  readonly nest: LoopNest
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  /** How a search ended; undefined for a mapping that was given. */
  readonly search?: string
}

/** A mapping for a person: the loop nest, its traffic by level and tensor, and what it costs; or why it does not fit. */
export function mapText(mapped: MappedProblem, shown: ShownMapping, colours: Palette): string {
  const {problem, hierarchy, nest} = shown
  const head = `${colours.bold(problem.name)} on ${colours.bold(hierarchy.name)}: ${sizesText(problem)}`
  const loops = nestText(nest, problem, hierarchy, colours)
  if (!mapped.fits) return blocks(head, loops, colours.red('does not fit'), ...mapped.misfits.map(misfitText))
  return blocks(head, loops, trafficTable(mapped), levelTable(mapped, hierarchy), facts(mapped, shown, colours))
}

function sizesText({dimensions}: Problem): string {
  const sizes = dimensions.map(({name, size}) => `${name} ${size}`).join(', ')
  return `${sizes}, ${formatQuantity(
    dimensions.reduce((product, {size}) => product * size, 1),
    '',
  )} multiply-adds`
}

type TrafficRow = {readonly level: LevelAnalysis; readonly tensor: TensorTraffic; readonly isFirst: boolean}

/** Words of one instance; energy of all. */
function trafficTable({levels, energyJoules}: NestAnalysis): string {
  const rows = levels.flatMap((level) =>
    level.tensors.filter(({isKept}) => isKept).map((tensor, index): TrafficRow => ({level, tensor, isFirst: index === 0})),
  )
  const words = (header: string, count: (tensor: TensorTraffic) => number, dropOrder?: number): TableColumn<TrafficRow> => ({
    header,
    cell: ({tensor}) => formatQuantity(count(tensor), ''),
    align: 'right',
    ...(dropOrder === undefined ? {} : {dropOrder}),
  })
  const joules = ({level, tensor}: TrafficRow): number => tensor.energyJoules * level.instances
  return formatTable(
    [
      {header: 'level', cell: ({level, isFirst}) => (isFirst ? level.name : ''), align: 'left'},
      {header: 'instances', cell: ({level, isFirst}) => (isFirst ? String(level.instances) : ''), align: 'right', dropOrder: 2},
      {header: 'tensor', cell: ({tensor}) => tensor.name, align: 'left'},
      words('tile words', ({tileWords}) => tileWords, 3),
      words('reads', ({reads}) => reads),
      words('fills', ({fills}) => fills),
      words('updates', ({updates}) => updates),
      {header: 'energy, all', cell: (row) => formatQuantity(joules(row), 'J'), align: 'right'},
      {header: 'share', cell: (row) => formatPercent(joules(row) / energyJoules), align: 'right', dropOrder: 1},
    ],
    rows,
  )
}

interface LevelRow {
  readonly name: string
  readonly used: string
  readonly held: string
  readonly cycles: number
  readonly energyJoules: number
}

/** What each level and the multiply-adders do, and how much of the time. */
function levelTable({levels, arithmetic, cycles, energyJoules}: FittingMapping, hierarchy: Hierarchy): string {
  const rows: LevelRow[] = levels.map((level, index) => {
    const {capacityBytes, instanceCount} = hierarchy.levels[index]!
    return {
      name: level.name,
      used: `${level.instances} of ${instanceCount}`,
      held: Number.isFinite(capacityBytes)
        ? `${formatBeside(level.usedBytes, capacityBytes)} of ${formatCapacity(capacityBytes)}`
        : formatQuantity(level.usedBytes, 'B'),
      cycles: level.cycles,
      energyJoules: level.energyJoules,
    }
  })
  rows.push({
    name: arithmetic.name,
    used: `${arithmetic.instances} of ${hierarchy.arithmetic.instanceCount}`,
    held: nothing,
    cycles: arithmetic.cycles,
    energyJoules: arithmetic.energyJoules,
  })
  return formatTable(
    [
      {header: 'level', cell: ({name}) => name, align: 'left'},
      {header: 'used', cell: ({used}) => used, align: 'right', dropOrder: 2},
      {header: 'holds', cell: ({held}) => held, align: 'right', dropOrder: 1},
      {header: 'cycles', cell: (row) => formatQuantity(row.cycles, ''), align: 'right'},
      {header: 'busy', cell: (row) => formatPercent(row.cycles / cycles), align: 'right'},
      {header: 'energy', cell: (row) => formatQuantity(row.energyJoules, 'J'), align: 'right'},
      {header: '', cell: (row) => bar(row.energyJoules / energyJoules, 16).trimEnd(), align: 'left', dropOrder: 3},
    ],
    rows,
  )
}

function facts(mapped: FittingMapping, {hierarchy, search}: ShownMapping, colours: Palette): string {
  const {cycles, latencySeconds, energyJoules, utilizationRatio, operationCount, boundBy, systolic} = mapped
  return factLines(
    [
      ['cycles', `${formatQuantity(cycles, '')}, bound by ${boundBy}`],
      ['latency', `${formatQuantity(latencySeconds, 's')} at ${formatQuantity(hierarchy.hertz, 'Hz')}`],
      ['energy', `${formatQuantity(energyJoules, 'J')}, ${formatQuantity(energyJoules / operationCount, 'J')} a multiply-add`],
      systolic === undefined ? undefined : ['array', arrayText(systolic)],
      ['utilization', `${formatPercent(utilizationRatio)} of ${hierarchy.arithmetic.instanceCount} multiply-adders`],
      search === undefined ? undefined : ['search', search],
    ],
    colours,
  )
}
