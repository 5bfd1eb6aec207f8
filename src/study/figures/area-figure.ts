import type {AreaDesign, AreaInput} from '../../report/charts/area.js'
import {designArea} from '../design-area.js'
import {type JointDesign, namedDesigns} from '../joint-designs.js'
import {energyParts, energySources} from './energy-parts.js'
import type {FigureBuilder} from './figure-context.js'
import {figureDesigns} from './figure-designs.js'

/** What takes the die and the energy of the corners of a front and of its knee. */
export const areaFigure: FigureBuilder<AreaInput> = (request) => {
  const {study} = request.context
  const joint = figureDesigns(request)
  const areaOf = ({points: [point]}: JointDesign): AreaDesign['areaParts'] => {
    const space = study.spaces.find(
      ({accelerator, machineAxes}) => accelerator.name === point!['accelerator'] && machineAxes.every(({name}) => point![name] != null),
    )
    return space === undefined ? [] : designArea(space, point!)
  }
  const designs = namedDesigns(joint).map(
    ({name, design}): AreaDesign => ({
      name,
      areaParts: areaOf(design).map((part) => ({...part, name: partTitle(part.name)})),
      energies: design.points.map((point, index) => {
        const tokenCount = Number(point['energyJoules']) / Number(point['joulesPerToken'])
        const parts = energyParts(point).map((part) => ({...part, energyJoules: part.energyJoules / tokenCount}))
        return {workload: joint.workloads[index]!, parts}
      }),
    }),
  )
  return {designs, energyOrder: energySources}
}

/** "hbmPhysical" reads "hbm physical". */
function partTitle(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
