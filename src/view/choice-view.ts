import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {counted, formatPercent, nothing} from '../cli/text.js'
import type {RobustDesign, ServedWorkload, StudyChoice} from '../study/study-choice.js'
import type {Design} from '../sweep/base-design.js'
import {blocks} from './layout.js'
import {shortName} from './sensitivity-view.js'
import {cellText} from './sweep-view.js'

const measureText: Readonly<Record<StudyChoice['by'], string>> = {
  worst: 'the worst result over all workloads',
  weighted: 'the weighted mean of the results',
  regret: 'the most that a design loses on any workload beside the best design for that one',
}

/** Which design serves all workloads best, what that costs on each, and who else is near, for a person. */
export function choiceText(choice: StudyChoice, colours: Palette): string {
  const {study, by, objective, workloads, designCount, servingCount, frontCount, designs} = choice
  const many = frontCount === null ? '' : `; ${frontCount} of them are on the front across workloads`
  const weights = by === 'weighted' ? ` (${workloads.map(({name, weightValue}) => `${name} ${weightValue}`).join(', ')})` : ''
  return blocks(
    `${colours.bold(study)} · ${shortName(objective.name)} by ${by}${weights}\n${servingCount} of ${counted(designCount, 'design')} serve every workload${many}`,
    designs.length === 0 ? undefined : formatTable(columns(choice), designs),
    workloads.length < 2 ? colours.dim('the study has one workload: the best design for it is the best at all') : undefined,
    colours.dim(
      [
        `${by}: ${measureText[by]}; in brackets, beyond the best design for that workload alone`,
        ...(frontCount === null ? [] : ['*: no other design is better on one workload without being worse on another']),
      ].join('\n'),
    ),
  )
}

function columns({axes, objective, workloads, by, designs}: StudyChoice): TableColumn<RobustDesign>[] {
  const unitOf = new Map(axes.map(({name, unit}) => [name, unit]))
  const text = (design: Design): string =>
    Object.entries(design)
      .map(([name, value]) => `${name} ${cellText(value, unitOf.get(name) ?? '')}`)
      .join(', ')
  const {unit} = objective
  const served = ({resultValue, regretRatio}: ServedWorkload): string =>
    `${cellText(resultValue, unit)}${regretRatio < leastTold ? '' : ` (+${formatPercent(regretRatio)})`}`
  const isKnown = (of: (design: RobustDesign) => number | null): boolean => designs.some((design) => of(design) !== null)
  return [
    {header: '', cell: ({isOnFront}) => (isOnFront ? '*' : ''), align: 'left'},
    {header: 'accelerator', cell: ({accelerator}) => accelerator, align: 'left'},
    {header: 'design', cell: ({design}) => text(design) || 'as described', align: 'left'},
    {
      header: by,
      cell: ({scoreValue}) => (by === 'regret' ? formatPercent(scoreValue) : cellText(Math.abs(scoreValue), unit)),
      align: 'right',
    },
    ...workloads.flatMap(({name}, index): TableColumn<RobustDesign>[] => [
      {header: name, cell: (design) => served(design.workloads[index]!), align: 'right'},
      {header: 'at', cell: (design) => text(design.workloads[index]!.settings) || nothing, align: 'left', dropOrder: 3},
    ]),
    ...(isKnown(({dieSquareMillimetres}) => dieSquareMillimetres)
      ? [{header: 'area', cell: ({dieSquareMillimetres}: RobustDesign) => cellText(dieSquareMillimetres, 'mm^2'), dropOrder: 1}]
      : []),
    ...(isKnown(({deviceDollars}) => deviceDollars)
      ? [{header: 'cost', cell: ({deviceDollars}: RobustDesign) => cellText(deviceDollars, 'USD'), dropOrder: 2}]
      : []),
  ]
}

/** Less is the best itself. */
const leastTold = 0.00005
