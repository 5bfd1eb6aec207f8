import {loadAccelerator} from '../accelerator/load-accelerator.js'
import type {Metric} from '../cost/metrics.js'
import {moveToSamples, sampling} from '../uncertainty/monte-carlo.js'
import {sampledPass} from '../uncertainty/sampled-pass.js'
import type {Design} from './base-design.js'
import type {DesignSpace} from './design-space.js'
import {type OperatingAxis, operatingAxes} from './operating-axes.js'
import {axesOf} from './space-identity.js'
import {spaceProgram} from './space-program.js'

/**
 * Results of one design sample by sample, over the ranges of its accelerator's constants. Designs that rest on the same guesses draw the same
 * samples of them, so that what they share cancels where they are compared.
 */
export function designSamples(space: DesignSpace, design: Design, metrics: readonly Metric[], askedCount: number): Float64Array[] {
  const {sampleCount, seedIndex} = sampling({sampleCount: askedCount})
  const {accelerator, passAxes, fidelity} = space
  const isParameter = (name: string): boolean => accelerator.parameters.symbols.has(name)
  const axes = axesOf(space)
  const set = axes
    .filter(({name}) => isParameter(name))
    .map(({name, unit}) => [name, `${String(design[name])} ${unit === 'base units' ? '' : unit}`.trim()] as const)
  const [file] = accelerator.files
  const machine = loadAccelerator(file ?? accelerator.name, {set: {...accelerator.changes, ...Object.fromEntries(set)}})
  const {workload, choice} = spaceProgram(space, Object.fromEntries(passAxes.map(({name}) => [name, design[name]!])))
  const setTo = Object.keys(operatingAxes)
    .filter((name) => axes.some((axis) => axis.name === name))
    .map((name) => [operatingAxes[name as OperatingAxis].field, Number(design[name])])
  const {memoryClockHertz, ...operating}: {memoryClockHertz?: number; clockHertz?: number; powerLimitWatts?: number} =
    Object.fromEntries(setTo)
  const pass = sampledPass(machine, workload, {fidelity, mapping: choice, memoryClockHertz}, sampleCount)
  moveToSamples(pass, seedIndex, sampleCount)
  const out = pass.evaluate(operating, sampleCount)
  return metrics.map((metric) => out[metric].slice(0, sampleCount))
}
