import {type JointDesigns, jointDesigns} from '../joint-designs.js'
import {studyAxes} from '../run-sweep.js'
import type {FigureRequest} from './figure-context.js'
import {namedPoints} from './named-points.js'
import {sharedWork} from './shared-work.js'

/** The designs that serve all workloads of a figure. */
export function figureDesigns(request: FigureRequest): JointDesigns {
  const {context} = request
  const workloads = namedPoints(request)
  const key = `designs ${workloads.map((each) => context.points.indexOf(each)).join(' ')}`
  return sharedWork(context, key, () =>
    jointDesigns(
      workloads,
      studyAxes(context.study).map(({name}) => name),
      context.study.objectives,
    ),
  )
}
