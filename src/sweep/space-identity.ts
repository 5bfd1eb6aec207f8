import {profileOf} from '../cost/calibrated/profile.js'
import {modelVersion} from '../cost/model-version.js'
import {boundNames} from '../cost/program.js'
import type {Axis} from './axis.js'
import type {DesignSpace} from './study.js'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | {readonly [key: string]: JsonValue}

/** Everything that decides the numbers of a set of points, but the values of its axes. */
export interface SpaceDefinition {
  readonly accelerator: string
  readonly workload: string
  readonly phase: string
  readonly fidelity: string
  readonly modelVersion: string
  readonly constants: JsonValue
  readonly axes: readonly {readonly name: string; readonly unit: string}[]
  /** What `boundByIndex` counts. */
  readonly boundNames: readonly string[]
}

/** The axes of a space in the order of its points: settings of the pass outermost. */
export function axesOf({passAxes, machineAxes}: DesignSpace): readonly Axis[] {
  return [...passAxes, ...machineAxes]
}

/** What a store knows a space by: parameters that vary are left out of the constants, so that extending an axis keeps the space. */
export function spaceIdentity(space: DesignSpace): SpaceDefinition {
  const {accelerator, model, pass, fidelity} = space
  const axes = axesOf(space).map(({name, unit}) => ({name, unit}))
  const varied = new Set(axes.map(({name}) => name))
  const fixed = accelerator.parameters.ordered.filter(({name, expression}) => !varied.has(name) && expression.dependsOn.length === 0)
  const constants = {
    parameters: Object.fromEntries(fixed.map(({name, baseValue}) => [name, baseValue])),
    machine: accelerator.leaves.map(({pointer, expression}) => `${pointer} ${expression.text}`),
    structure: structureOf(accelerator.source.data),
    profile: fidelity === 'calibrated' ? profileOf(accelerator) : null,
    pass,
    model: model.kind === 'transformer' ? model.spec : model.passes,
  }
  return {
    accelerator: accelerator.name,
    workload: model.name,
    phase: String(pass.phase ?? 'prefill'),
    fidelity,
    modelVersion,
    constants: JSON.parse(JSON.stringify(constants)) as JsonValue,
    axes,
    boundNames: boundNames(accelerator.machine),
  }
}

/** Kinds, clocks and bypasses: what a machine is besides its numbers. */
function structureOf(data: unknown): unknown {
  const {units, memories, links} = data as Record<string, Record<string, Record<string, unknown>>>
  const kept = (section: Record<string, Record<string, unknown>> = {}) =>
    Object.entries(section).map(([name, part]) => [
      name,
      part['kind'] ?? null,
      part['clock'] ?? null,
      part['bypass'] ?? null,
      part['topology'] ?? null,
    ])
  return [kept(units), kept(memories), kept(links)]
}
