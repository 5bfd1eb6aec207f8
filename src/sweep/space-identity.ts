import type {Accelerator} from '../accelerator/accelerator.js'
import {boundNames} from '../cost/bounds.js'
import {profileOf} from '../cost/calibrated/profile.js'
import {modelVersion} from '../cost/model-version.js'
import {looksLikePath} from '../spec/catalogue.js'
import type {Axis, AxisValue} from './axis.js'
import {strategyData} from './mapping-axes.js'
import type {DesignSpace} from './study.js'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | {readonly [key: string]: JsonValue}

/**
 * What an axis is to a point: `level` and `index` tell points apart, a level by one of few values, an index by its place in a sample;
 * a `value` follows from those, or from the sample.
 */
export type AxisKind = 'level' | 'value' | 'index'

/** Everything that decides the numbers of a set of points, but the values of its axes. */
export interface SpaceDefinition {
  readonly accelerator: string
  readonly workload: string
  readonly phase: string
  readonly fidelity: string
  readonly modelVersion: string
  readonly constants: JsonValue
  /** Axes have levels, unless told. */
  readonly axes: readonly {readonly name: string; readonly unit: string; readonly kind?: AxisKind}[]
  /** What `boundByIndex` counts. */
  readonly boundNames: readonly string[]
}

/** The axes of a space in the order of its points: settings of the pass outermost. */
export function axesOf({passAxes, machineAxes}: DesignSpace): readonly Axis[] {
  return [...passAxes, ...machineAxes]
}

/** An axis value as a store keeps it. */
export function storable(value: AxisValue): number | string {
  return typeof value === 'boolean' ? String(value) : value
}

/**
 * What a store knows a space by: all that decides its numbers. Parameters that vary are left out of the constants, so that
 * extending an axis keeps the space; so are titles, sources and estimates.
 */
export function spaceIdentity(space: DesignSpace): SpaceDefinition {
  const {accelerator, model, pass, fidelity} = space
  const axes = axesOf(space).map(({name, unit}) => ({name, unit}))
  const constants = {
    parameters: parameterConstants(accelerator, new Set(axes.map(({name}) => name))),
    machine: accelerator.leaves.map(({pointer, expression}) => `${pointer} ${expression.text}`),
    structure: structureOf(accelerator.source.data),
    profile: fidelity === 'calibrated' ? profileConstants(accelerator) : null,
    pass,
    operators: space.operators,
    strategies: strategiesOf(space),
    model: model.kind === 'transformer' ? {...model.spec, source: undefined} : model.passes,
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

/** What strategies of files hold; undefined where there are none, which leaves no trace in the identity. */
function strategiesOf({passAxes, folder}: DesignSpace): readonly unknown[] | undefined {
  const files = passAxes.flatMap(({name, values}) => (name === 'strategy' ? values.filter((value) => looksLikePath(String(value))) : []))
  return files.length === 0 ? undefined : files.map((file) => strategyData(String(file), folder))
}

/** A free parameter by its value, a derived one by its text: its value moves with the axes. */
function parameterConstants({parameters}: Accelerator, varied: ReadonlySet<string>): Record<string, number | string> {
  const kept = parameters.ordered.filter(({name}) => !varied.has(name))
  return Object.fromEntries(
    kept.map(({name, expression, baseValue}) => [name, expression.dependsOn.length === 0 ? baseValue : expression.text]),
  )
}

/** The constants of a profile without what they were fitted on. Their order tells which entry is found first. */
function profileConstants(accelerator: Accelerator): readonly unknown[] {
  return profileOf(accelerator).map((entry) => [entry.class, entry.dtype, ...entry.parameters])
}

const structuralKeys = ['kind', 'clock', 'bypass', 'topology', 'reduction'] as const

/** Kinds, clocks, bypasses and ways to reduce: what a machine is besides its numbers. */
function structureOf(data: unknown): unknown {
  const {units, memories, links} = data as Record<string, Record<string, Record<string, unknown>>>
  return [units, memories, links].map((section = {}) =>
    Object.entries(section).map(([name, part]) => [name, ...structuralKeys.map((key) => part[key] ?? null)]),
  )
}
