import type {Accelerator} from '../accelerator/accelerator.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {ownUnit} from '../foundation/quantity.js'
import type {Model} from '../workload/model.js'
import type {PassInput} from '../workload/pass.js'
import type {Axis} from './axis.js'
import {isPossible} from './base-design.js'
import type {DesignSpace} from './design-space.js'

/** The space around one accelerator in which each of its free parameters, and its core clock, goes so far down and up. */
export function spaceAround(accelerator: Accelerator, model: Model, pass: PassInput, rangeRatio: number, fidelity?: string): DesignSpace {
  const free = accelerator.parameters.ordered.filter(({expression}) => expression.dependsOn.length === 0)
  const parameters = free.map(({name, expression, baseValue}) => {
    const own = ownUnit(expression.vector)
    return {name, unit: own.unit, value: baseValue / own.baseValue}
  })
  const whole: DesignSpace = {
    accelerator,
    label: accelerator.name,
    model,
    pass,
    operators: undefined,
    folder: '.',
    fidelity: chosenFidelity(accelerator, fidelity),
    passAxes: [],
    machineAxes: [],
    sampler: {kind: 'grid'},
    pointCount: 1,
  }
  const clock = {name: 'clock', unit: 'Hz', value: accelerator.machine.clocks[0]!.maximumHertz}
  const machineAxes = [...parameters, clock].map(({name, unit, value}): Axis => {
    const ends = [value * (1 - rangeRatio), value * (1 + rangeRatio)]
    const asWhole = [Math.floor(ends[0]!), Math.ceil(ends[1]!)]
    const possible = (index: number): number | undefined =>
      [ends[index]!, ...(unit === '' ? [asWhole[index]!] : [])].find((end) => isPossible(whole, {name, unit}, end))
    const values = [...new Set([possible(0) ?? value, value, possible(1) ?? value])]
    return {name, pointer: '', unit, kind: 'level', values, rule: {kind: 'free', levelCount: values.length}}
  })
  return {...whole, machineAxes, pointCount: machineAxes.reduce((product, {values}) => product * values.length, 1)}
}
