import type {Palette} from '../cli/colour.js'
import {formatFolded, type TableColumn, wrapped} from '../cli/table.js'
import {beingCount, counted, formatChange, formatPercent} from '../cli/text.js'
import type {RobustDesign, ServedWorkload, StudyChoice} from '../study/study-choice.js'
import {fidelityText} from '../study/used-fidelity.js'
import type {Design} from '../sweep/base-design.js'
import {blocks, factLines} from './layout.js'
import {shortName} from './sensitivity-view.js'
import {cellText} from './sweep-view.js'

const measureText: Readonly<Record<StudyChoice['by'], string>> = {
  worst: 'the worst result over all workloads',
  weighted: 'the weighted mean of the results',
  regret: 'the most that a design loses on any workload beside the best design for that one',
}

/** Which design serves all workloads best, what that costs on each, and who else is near, for a person. */
export function choiceText(choice: StudyChoice, colours: Palette): string {
  const {study, by, objective, fidelities, workloads, designCount, servingCount, frontCount, designs} = choice
  const many = frontCount === null ? '' : `; ${beingCount(frontCount)} on the front across workloads`
  const weights = by === 'weighted' ? ` (${workloads.map(({name, weightValue}) => `${name} ${weightValue}`).join(', ')})` : ''
  const head = `${servingCount} of ${counted(designCount, 'design')} ${servingCount === 1 ? 'serves' : 'serve'} every workload${many}`
  const notes = [
    `${by}: ${measureText[by]}; in brackets, beside the best design for that workload alone`,
    ...(frontCount === null ? [] : ['*: no other design is better on one workload without being worse on another']),
  ]
  return blocks(
    `${colours.bold(study)} · ${shortName(objective.name)} by ${by}${weights} · ${fidelityText(fidelities)}\n${wrapped(head)}`,
    designs.length === 0 ? undefined : formatFolded(columns(choice), designs),
    designs.length === 0 ? undefined : factLines(designFacts(choice), colours),
    workloads.length < 2 ? colours.dim('the study has one workload: the best design for it is the best at all') : undefined,
    notes.map((note) => colours.dim(wrapped(note))).join('\n'),
  )
}

function columns({objective, workloads, by, designs}: StudyChoice): TableColumn<RobustDesign>[] {
  const {unit, goal} = objective
  const served = ({resultValue, regretRatio}: ServedWorkload): string =>
    `${cellText(resultValue, unit)}${regretRatio < leastTold ? '' : ` (${formatChange(goal === 'min' ? regretRatio : -regretRatio)})`}`
  const isKnown = (of: (design: RobustDesign) => number | null): boolean => designs.some((design) => of(design) !== null)
  return [
    {header: 'design', cell: (design) => `${designs.indexOf(design) + 1}${design.isOnFront ? ' *' : ''}`, align: 'left'},
    {
      header: by,
      cell: ({scoreValue}) => (by === 'regret' ? formatPercent(scoreValue) : cellText(Math.abs(scoreValue), unit)),
      align: 'right',
    },
    ...workloads.map(
      ({name}, index): TableColumn<RobustDesign> => ({header: name, cell: (design) => served(design.workloads[index]!), align: 'right'}),
    ),
    ...(isKnown(({dieSquareMillimetres}) => dieSquareMillimetres)
      ? [{header: 'area', cell: ({dieSquareMillimetres}: RobustDesign) => cellText(dieSquareMillimetres, 'mm^2')}]
      : []),
    ...(isKnown(({deviceDollars}) => deviceDollars)
      ? [{header: 'cost', cell: ({deviceDollars}: RobustDesign) => cellText(deviceDollars, 'USD')}]
      : []),
  ]
}

/** What each design is, by its number in the table, and the settings of each workload; what all of them share is said once. */
function designFacts({axes, workloads, designs}: StudyChoice): (readonly [name: string, value: string])[] {
  const unitOf = new Map(axes.map(({name, unit}) => [name, unit]))
  const values = (design: Design): string[] =>
    Object.entries(design).map(([name, value]) => `${name} ${cellText(value, unitOf.get(name) ?? '')}`)
  const parts = designs.map(({accelerator, design, workloads: served}) => [
    [accelerator, ...values(design)],
    ...served.map(({settings}) => values(settings)),
  ])
  const shared = parts[0]!.map((part, index) =>
    designs.length === 1 ? [] : part.filter((value) => parts.every((each) => each[index]!.includes(value))),
  )
  const facts = (title: string, told: readonly (readonly string[])[]): (readonly [string, string])[] =>
    [title, ...workloads.map(({name}) => `  ${name}`)]
      .map((name, index) => [name, told[index]!.join(', ')] as const)
      .filter(([, value]) => value !== '')
  return [
    ...facts('all', shared),
    ...parts.flatMap((each, place) =>
      facts(
        String(place + 1),
        each.map((part, index) => part.filter((value) => !shared[index]!.includes(value))),
      ),
    ),
  ]
}

/** Less is the best itself. */
const leastTold = 0.00005
