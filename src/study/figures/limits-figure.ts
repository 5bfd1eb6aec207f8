import {boundNames} from '../../cost/bounds.js'
import type {CellAxis, LimitsInput} from '../../report/charts/limits.js'
import {quantityText, unitShown} from '../../report/unit.js'
import type {DesignSpace} from '../../sweep/design-space.js'
import {powerLimit, severalConstraints, unmapped, whatLimits} from '../what-limits.js'
import {fullName} from '../workload-groups.js'
import {cellAxisNames, levelAxes} from './cell-axes.js'
import {constraintTitle} from './constraint-title.js'
import type {FigureBuilder} from './figure-context.js'
import {swept} from './named-points.js'
import {unitOf} from './unit-of.js'

/** Designs that are evaluated for each cell: enough for shares to a few percent. */
const designsPerCell = 48

/** What limits designs over two axes: a panel for each workload of the figure, and for each space that has both axes. */
export const limitsFigure: FigureBuilder<LimitsInput> = (request) => {
  const {constraints} = request.context.study
  const workloads = swept(request)
  const titles = new Map(constraints.map(({text}) => [text, constraintTitle(text)]))
  const titleOf = (limit: string): string => titles.get(limit) ?? limit
  const all = workloads.flatMap(({spaces}) => spaces)
  const [x, y] = cellAxisNames(request).map((name) => axisOver(name, all)) as [OverAxis, OverAxis]
  const panels = workloads.flatMap(({name: workload, spaces}) => {
    const drawn = spaces.filter((space) => [x, y].every(({title}) => levelAxes(space).some(({name}) => name === title)))
    return drawn.map((space) => ({
      name: [fullName(workload), ...(drawn.length > 1 ? [space.label] : [])].join(', '),
      cells: whatLimits(space, constraints, [x.title, y.title], designsPerCell).map(({xIndex, yIndex, counts}) => ({
        xIndex: x.placeOf(space, xIndex),
        yIndex: y.placeOf(space, yIndex),
        counts: counts.map(({limit, designCount}) => ({name: titleOf(limit), designCount})),
      })),
    }))
  })
  const bounds = [...new Set(all.flatMap(({accelerator}) => boundNames(accelerator.machine)))]
  return {
    x: {title: x.title, levels: x.levels},
    y: {title: y.title, levels: y.levels},
    limits: [
      ...[...bounds, powerLimit].map((name) => ({name, kind: 'bound' as const})),
      ...constraints.map(({text}) => ({name: titleOf(text), kind: 'constraint' as const})),
      {name: severalConstraints, kind: 'several'},
      {name: unmapped, kind: 'unmapped'},
    ],
    panels,
  }
}

/** The levels of an axis over all spaces that have it, and where a level of one of them stands. */
interface OverAxis extends CellAxis {
  readonly placeOf: (space: DesignSpace, level: number) => number
}

function axisOver(title: string, spaces: readonly DesignSpace[]): OverAxis {
  const axisOf = (space: DesignSpace) => levelAxes(space).find(({name}) => name === title)
  const axes = spaces.flatMap((space) => axisOf(space) ?? [])
  const values = [...new Set(axes.flatMap((axis) => axis.values))]
  if (values.every((value) => typeof value === 'number')) values.sort((a, b) => a - b)
  const unit = unitShown(unitOf(axes[0]!.unit).unit)
  return {
    title,
    levels: values.map((value) => (typeof value === 'number' ? quantityText(value, unit) : String(value))),
    placeOf: (space, level) => values.indexOf(axisOf(space)!.values[level]!),
  }
}
