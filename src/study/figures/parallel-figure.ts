import type {DataRow} from '../../report/charts/chart.js'
import type {ParallelInput} from '../../report/charts/parallel.js'
import type {ParallelAxis} from '../../report/charts/parallel-axis.js'
import {axesOf} from '../../sweep/space-identity.js'
import {type JointDesign, jointDesigns, namedDesigns, resultUnit} from '../joint-designs.js'
import {studyAxes} from '../run-sweep.js'
import type {FigureBuilder, FigureRequest} from './figure-context.js'
import {namedPoints} from './named-points.js'
import {unitOf} from './unit-of.js'

/** Designs that serve all workloads of the figure, over what varies and what the study asks for. */
export const parallelFigure: FigureBuilder<ParallelInput> = (request) => {
  const {study} = request.context
  const joint = jointDesigns(
    namedPoints(request),
    studyAxes(study).map(({name}) => name),
    study.objectives,
  )
  const axes = [
    ...variedAxes(request),
    ...joint.results.map(
      (result): ParallelAxis => ({
        field: result.field,
        title: result.title,
        better: result.goal === 'min' ? 'less' : 'more',
        ...unitOf(resultUnit(result)),
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

/** Axes of more than one value, and the accelerators where there are several. */
function variedAxes({context: {study}}: FigureRequest): ParallelAxis[] {
  const accelerators = [...new Set(study.spaces.map(({accelerator}) => accelerator.name))]
  const levels = new Map<string, Set<number | string>>()
  for (const {name, values} of study.spaces.flatMap(axesOf)) {
    const known = levels.get(name) ?? new Set()
    for (const value of values) known.add(typeof value === 'boolean' ? String(value) : value)
    levels.set(name, known)
  }
  const axes = studyAxes(study).map(
    ({name, unit}): ParallelAxis => ({field: name, title: name, ...unitOf(unit), levels: [...levels.get(name)!]}),
  )
  return [{field: 'accelerator', title: 'accelerator', levels: accelerators}, ...axes].filter(({levels: each}) => each!.length > 1)
}

function designRow(axes: readonly ParallelAxis[], {points: [point], results}: JointDesign): DataRow {
  return Object.fromEntries(
    axes.flatMap(({field}) => {
      const value = results[field] ?? point![field]
      return value === null || value === undefined || Number.isNaN(value) ? [] : [[field, value]]
    }),
  )
}
