import type {DataRow} from '../../report/charts/chart.js'
import type {ParallelInput} from '../../report/charts/parallel.js'
import type {ParallelAxis} from '../../report/charts/parallel-axis.js'
import {axesOf} from '../../sweep/space-identity.js'
import {type JointDesign, namedDesigns} from '../joint-designs.js'
import {studyAxes} from '../run-sweep.js'
import type {FigureBuilder, FigureRequest} from './figure-context.js'
import {figureDesigns} from './figure-designs.js'
import {objectiveUnit, unitOf} from './unit-of.js'

/** Designs that serve all workloads of the figure, over what varies and what the study asks for. */
export const parallelFigure: FigureBuilder<ParallelInput> = (request) => {
  const joint = figureDesigns(request)
  const axes = [
    ...variedAxes(request),
    ...joint.results.map(
      (result): ParallelAxis => ({
        field: result.field,
        title: result.title,
        better: result.goal === 'min' ? 'less' : 'more',
        ...objectiveUnit(result.objective),
      }),
    ),
  ]
  const row = (design: JointDesign): DataRow => designRow(axes, design)
  return {
    axes,
    designs: joint.designs.map(row),
    designCount: joint.designs.length,
    isSampled: !joint.isWhole,
    front: [...joint.front].map((index) => row(joint.designs[index]!)),
    named: namedDesigns(joint).map(({name, design}) => ({name, row: row(design)})),
  }
}

/** Axes that vary, and the accelerators where there are several. */
function variedAxes({context: {study}}: FigureRequest): ParallelAxis[] {
  const accelerators = [...new Set(study.spaces.map(({accelerator}) => accelerator.name))]
  const all = study.spaces.flatMap(axesOf)
  const axes = studyAxes(study).map(({name, unit}): ParallelAxis => {
    const each = all.filter((axis) => axis.name === name)
    const levels = each.flatMap(({values}) => values.map((value) => (typeof value === 'boolean' ? String(value) : value)))
    return {field: name, title: name, ...unitOf(unit), ...(each.some(({kind}) => kind === 'value') ? {} : {levels: [...new Set(levels)]})}
  })
  return [{field: 'accelerator', title: 'accelerator', levels: accelerators}, ...axes].filter(({levels}) => levels?.length !== 1)
}

function designRow(axes: readonly ParallelAxis[], {points: [point], results}: JointDesign): DataRow {
  return Object.fromEntries(
    axes.flatMap(({field}) => {
      const value = results[field] ?? point![field]
      return value === null || value === undefined || Number.isNaN(value) ? [] : [[field, value]]
    }),
  )
}
