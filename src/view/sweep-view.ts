import {formatFolded, type TableColumn, wrapped} from '../cli/table.js'
import {beingCount, counted, formatCapacity, formatQuantity} from '../cli/text.js'
import {screenUnit} from '../foundation/unit-symbol.js'
import {largestObjectiveCount} from '../frontier/pareto-front.js'
import type {Corner, ShardSummary, SweepSummary, WorkloadSummary} from '../study/run-sweep.js'
import {fidelityText} from '../study/used-fidelity.js'
import {fullName} from '../study/workload-groups.js'

/** What a sweep did, for a person: counts, what each constraint removes, the corners of each front. */
export function sweepText(summary: SweepSummary): string {
  const {workloads, optimizer, describedCount} = summary
  const searched =
    optimizer === null ? '' : ` of ${describedCount ?? 'infinitely many'}, chosen by ${optimizer.kind} with seed ${optimizer.seed},`
  const head = storedText(summary, searched)
  return [[head, ...frontText(summary)].join('\n'), ...workloads.map((workload) => workloadText(workload, summary.axes))].join('\n\n')
}

/** Which objectives fronts are of, where there are more than a front takes. */
function frontText({objectives}: SweepSummary): readonly string[] {
  if (objectives.length <= largestObjectiveCount) return []
  const names = objectives.map(({name}) => name)
  const [kept, left] = [names.slice(0, largestObjectiveCount), names.slice(largestObjectiveCount)]
  return [
    wrapped(`fronts take ${largestObjectiveCount} objectives, here ${kept.join(', ')}; of ${left.join(', ')} the best on them are shown`),
  ]
}

/** What a shard did, for a person. */
export function shardText(summary: ShardSummary): string {
  return `shard ${summary.shardIndex} of ${summary.shardCount}: ${storedText(summary)}`
}

/** What is stored, and what constraints kept from being timed at all. */
function storedText({pointCount, computedCount, removedCount, storeFile}: SweepSummary | ShardSummary, searched = ''): string {
  const stored = `${counted(pointCount - removedCount, 'point')}${searched} in ${storeFile}, ${computedCount} of them computed now`
  if (removedCount === 0) return wrapped(stored)
  return wrapped(
    `${stored}; ${removedCount} more ${removedCount === 1 ? 'was removed before it was' : 'were removed before they were'} timed`,
  )
}

function workloadText(summary: WorkloadSummary, axes: SweepSummary['axes']): string {
  const {fidelities, pointCount, feasibleCount, frontCount, constraints, corners} = summary
  const lines = [
    wrapped(
      `${fullName(summary)}: ${feasibleCount} of ${counted(pointCount, 'design')} ${feasibleCount === 1 ? 'meets' : 'meet'} every constraint, ${beingCount(frontCount)} on the front`,
    ),
    `  fidelity ${fidelityText(fidelities)}`,
  ]
  for (const {text, ofCount, removedCount, removedAloneCount} of constraints)
    lines.push(`  ${text} removes ${removedCount === 0 ? 'none' : `${removedCount} of ${ofCount}, ${removedAloneCount} of them alone`}`)
  if (corners.length > 0) lines.push(formatFolded(cornerColumns(corners, axes), corners))
  return lines.join('\n')
}

function cornerColumns(corners: readonly Corner[], axes: SweepSummary['axes']): TableColumn<Corner>[] {
  return [
    {header: 'best in', cell: ({name}) => name, align: 'left'},
    {header: 'accelerator', cell: ({point}) => String(point['accelerator']), align: 'left'},
    ...axes.map(({name, unit}) => ({header: name, cell: ({point}: Corner) => cellText(point[name], unit)})),
    ...corners.map(({name, unit}) => ({header: name, cell: ({point}: Corner) => cellText(point[name], unit)})),
    {header: 'power', cell: ({point}) => cellText(point['averageWatts'], 'W')},
    {header: 'bound by', cell: ({point}) => cellText(point['boundBy'], ''), align: 'left'},
  ]
}

/** A cell of a stored point; capacities in binary units, as people name them. */
export function cellText(value: unknown, unit: string): string {
  if (typeof value !== 'number') return value === null || value === undefined ? '' : String(value)
  return unit === 'B' ? formatCapacity(value) : formatQuantity(value, screenUnit(unit))
}
