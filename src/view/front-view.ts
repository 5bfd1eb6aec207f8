import type {Palette} from '../cli/colour.js'
import {formatFolded, type TableColumn, wrapped} from '../cli/table.js'
import {beingCount, counted, formatBand, formatChange, formatPercent, nothing} from '../cli/text.js'
import {metricNamed} from '../cost/metrics.js'
import {screenUnit} from '../foundation/unit-symbol.js'
import type {Goal} from '../frontier/pareto-front.js'
import type {FrontAnswer, ShownDesign, WorkloadFront} from '../study/front-answer.js'
import {fidelityText} from '../study/used-fidelity.js'
import {blocks} from './layout.js'
import {shortName} from './sensitivity-view.js'
import {cellText} from './sweep-view.js'

/** The best designs of each workload, what limits them, and what is near and saves something, for a person. */
export function frontText(answer: FrontAnswer, colours: Palette): string {
  return blocks(...answer.workloads.map((front) => workloadText(front, answer, colours)), noteText(answer, colours))
}

function workloadText(front: WorkloadFront, answer: FrontAnswer, colours: Palette): string {
  const {workload, phase, settings, fidelities, feasibleCount, pointCount, describedCount, frontCount, hypervolumeRatio, designs} = front
  const volume = hypervolumeRatio === null ? '' : `, hypervolume ${Number(hypervolumeRatio.toFixed(3))}`
  const described = describedCount === null ? '' : `; the study describes ${describedCount}, of which the others are not stored`
  const met = `${feasibleCount} of ${counted(pointCount, 'design')} ${feasibleCount === 1 ? 'meets' : 'meet'} every constraint, ${beingCount(frontCount)} on the front${volume}${described}`
  return blocks(
    `${colours.bold(workload)} ${phase}${settings === '' ? '' : `, ${settings}`} · ${fidelityText(fidelities)}\n${wrapped(met)}`,
    designs.length === 0 ? undefined : formatFolded(designColumns(answer, designs), designs),
    designs.some(({limits}) => limits.margins.length > 0 || limits.boundBy !== null)
      ? formatFolded(limitColumns(designs), designs)
      : undefined,
    front.comparedCount === null || designs.length === 0 ? undefined : formatFolded(uncertaintyColumns(answer), designs),
    answer.saving === null || designs.length === 0 ? undefined : formatFolded(cheaperColumns(answer), designs),
  )
}

const nameColumn: TableColumn<ShownDesign> = {header: 'design', cell: ({names}) => names.map(nameText).join(', '), align: 'left'}

/** "least latency": the metric by its short name. */
function nameText(name: string): string {
  const [first = '', metric = ''] = name.split(' ')
  return metricNamed(metric) === undefined ? name : `${first} ${shortName(metric)}`
}

function designColumns({axes, objectives}: FrontAnswer, designs: readonly ShownDesign[]): TableColumn<ShownDesign>[] {
  const accelerators = new Set(designs.map(({point}) => point['accelerator']))
  return [
    nameColumn,
    ...(accelerators.size > 1
      ? [{header: 'accelerator', cell: ({point}: ShownDesign) => String(point['accelerator']), align: 'left' as const}]
      : []),
    ...axes.map(({name, unit}) => ({header: name, cell: ({point}: ShownDesign) => cellText(point[name], unit)})),
    ...objectives.map(({name, unit}) => ({
      header: shortName(name),
      cell: ({point}: ShownDesign) => cellText(point[name], unit),
      align: 'right' as const,
    })),
  ]
}

/** A constraint this close is worth a name. */
const nearRatio = 0.1

/** What binds each design, and how much is left of each constraint that is near for any of them. */
function limitColumns(designs: readonly ShownDesign[]): TableColumn<ShownDesign>[] {
  const near = new Set(designs.flatMap(({limits: {margins}}) => margins.filter(isNear).map(({text}) => text)))
  return [
    nameColumn,
    {
      header: 'bound by',
      cell: ({limits: {boundBy, isThrottled}}) => `${boundBy ?? nothing}${isThrottled ? ', at its power limit' : ''}`,
      align: 'left',
    },
    ...[...near].map(
      (constraint): TableColumn<ShownDesign> => ({
        header: constraint,
        cell: ({limits: {margins}}) => {
          const margin = margins.find(({text}) => text === constraint)
          return margin === undefined ? nothing : `${formatPercent(margin.marginRatio)} left`
        },
        align: 'right',
      }),
    ),
  ]
}

function isNear({marginRatio}: {readonly marginRatio: number}): boolean {
  return marginRatio <= nearRatio
}

function uncertaintyColumns({objectives}: FrontAnswer): TableColumn<ShownDesign>[] {
  return [
    nameColumn,
    {header: 'stays on the front', cell: ({uncertainty}) => formatPercent(uncertainty?.staysRatio), align: 'right'},
    ...objectives.map(
      ({name, unit}): TableColumn<ShownDesign> => ({
        header: `nine in ten ${shortName(name)}`,
        cell: ({uncertainty}) => {
          const band = uncertainty?.bands[name]
          return band === undefined ? nothing : formatBand(band.p5Value, band.p95Value, screenUnit(unit))
        },
        align: 'right',
      }),
    ),
  ]
}

function cheaperColumns({saving, axes, objectives}: FrontAnswer): TableColumn<ShownDesign>[] {
  const {name: saved, withinRatio} = saving!
  const others = objectives.filter(({name}) => name !== saved)
  const unitOf = new Map(axes.map(({name, unit}) => [name, unit]))
  return [
    nameColumn,
    {
      header: `saves ${shortName(saved)}`,
      cell: ({cheaper}) => formatPercent(cheaper === null ? null : -(cheaper.lossRatios[saved] ?? 0)),
      align: 'right',
    },
    {
      header: `by, within ${formatPercent(withinRatio)}`,
      cell: ({cheaper}) =>
        cheaper?.changes
          .map(({axis, from, to}) => `${axis} ${cellText(from, unitOf.get(axis) ?? '')} → ${cellText(to, unitOf.get(axis) ?? '')}`)
          .join(', ') ?? 'no such design',
      align: 'left',
    },
    ...others.map(
      ({name, goal}): TableColumn<ShownDesign> => ({
        header: shortName(name),
        cell: ({cheaper}) => formatChange(changeOf(cheaper?.lossRatios[name], goal)),
        align: 'right',
      }),
    ),
  ]
}

/** What is lost of a result that is to be large makes it smaller. */
function changeOf(lossRatio: number | undefined, goal: Goal): number | undefined {
  return lossRatio === undefined || goal === 'min' ? lossRatio : -lossRatio
}

function noteText({workloads, saving}: FrontAnswer, colours: Palette): string {
  const compared = workloads.flatMap(({comparedCount}) => comparedCount ?? [])
  const hasKnee = workloads.some(({designs}) => designs.some(({names}) => names.includes('knee')))
  const rangeless = [...new Set(workloads.flatMap(({rangelessAccelerators}) => rangelessAccelerators ?? []))]
  const dim = (note: string): string => colours.dim(wrapped(note))
  return [
    dim('hypervolume: what the front dominates of the box from its best values to 1.1 times the way to its worst ones'),
    ...(hasKnee ? [dim('knee: the least sum of all objectives, each from 0 at its best on the front to 1 at its worst')] : []),
    ...(compared.length === 0
      ? []
      : [
          dim(
            `stays on the front: in this share of the samples over the ranges of the constants that act on time and energy, none of ${Math.max(...compared)} designs evenly along the front beats it`,
          ),
        ]),
    ...(rangeless.length === 0
      ? []
      : [
          dim(
            `no constant of ${rangeless.join(', ')} that acts on time or energy states a range: ${compared.length === 0 ? 'no uncertainty can be drawn' : 'it stays as it is in every sample'}; write one as \`range: ±10 %\` beside a constant`,
          ),
        ]),
    ...(saving === null
      ? []
      : [
          dim(
            `saves: the nearest design along its axes that is better in ${shortName(saving.name)} and loses no more than allowed in each other objective`,
          ),
        ]),
  ].join('\n')
}
