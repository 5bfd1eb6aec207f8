import {designBatch} from '../accelerator/accelerator.js'
import type {PointRow} from '../store/space-reader.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {unitScale} from '../sweep/unit-scale.js'

/** A part of a die, over all dies of its kind. */
export interface AreaPart {
  readonly name: string
  readonly squareMillimetres: number
}

/** What takes the silicon of a design of a space, largest first; empty where no die is described. */
export function designArea({accelerator, machineAxes}: DesignSpace, point: PointRow): AreaPart[] {
  const varied = machineAxes.filter(({name}) => accelerator.parameters.symbols.has(name))
  const {machine, parameterColumns, refill} = designBatch(
    accelerator,
    varied.map(({name}) => name),
    1,
  )
  for (const {name, unit} of varied) parameterColumns.get(name)![0] = Number(point[name]) * unitScale(unit)
  refill(1)
  const areas = new Map<string, number>()
  for (const {dieCount, components} of machine.dies) {
    for (const {name, componentCount, squareMillimetres} of components)
      areas.set(name, (areas.get(name) ?? 0) + dieCount[0]! * componentCount[0]! * squareMillimetres[0]!)
  }
  return [...areas]
    .map(([name, squareMillimetres]) => ({name, squareMillimetres}))
    .sort((a, b) => b.squareMillimetres - a.squareMillimetres)
}
