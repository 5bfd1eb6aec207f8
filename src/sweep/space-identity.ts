import type {Accelerator} from '../accelerator/accelerator.js'
import {boundNames} from '../cost/bounds.js'
import {profileOf} from '../cost/calibrated/profile.js'
import {modelVersion} from '../cost/model-version.js'
import {looksLikePath} from '../spec/catalogue.js'
import type {Axis, AxisValue} from './axis.js'
import type {DesignSpace} from './design-space.js'
import {strategyData} from './mapping-axes.js'

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
  const axes = storedAxes(space)
  const constants = {
    parameters: parameterConstants(accelerator, new Set(axes.map(({name}) => name))),
    machine: accelerator.leaves.map(({pointer, expression}) => `${pointer} ${expression.text}`),
    structure: structureOf(accelerator.source.data),
    profile: fidelity === 'calibrated' ? profileConstants(accelerator) : null,
    pass,
    operators: space.operators,
    strategies: strategiesOf(space),
    sample: sampleOf(space),
    derived: derivedOf(space),
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

/** The axes of a space as a store keeps them: of a sample, the place in it first. */
export function storedAxes(space: DesignSpace): SpaceDefinition['axes'] {
  const axes = axesOf(space).map(({name, unit, kind}) => (kind === 'level' ? {name, unit} : {name, unit, kind}))
  return space.sampler.kind === 'grid' ? axes : [{name: sampleName, unit: '', kind: 'index'}, ...axes]
}

/** What the place of a point in its sample is called. */
export const sampleName = 'sample'

/**
 * What decides which design each index of a sample is: how points are drawn, or searched, and from what. Only a Latin hypercube lays its points by how
 * many there are, so that any other goes on where a shorter one ended. Undefined for a grid, which leaves no trace in the identity.
 */
function sampleOf(space: DesignSpace): unknown {
  const {sampler} = space
  if (sampler.kind === 'grid') return undefined
  if (sampler.kind === 'searched') return {...sampler, axes: axesOf(space).map(ruleOf)}
  const {kind, seedIndex, pointCount} = sampler
  return {kind, seedIndex, pointCount: kind === 'latin-hypercube' ? pointCount : undefined, axes: axesOf(space).map(ruleOf)}
}

/** How the axes of a grid follow that tell no points apart; undefined where there are none. */
function derivedOf(space: DesignSpace): unknown {
  const derived = axesOf(space).filter(({kind}) => kind === 'value')
  return space.sampler.kind !== 'grid' || derived.length === 0 ? undefined : derived.map(ruleOf)
}

/** All that decides where an axis stands. */
export function ruleOf({name, values, rule, when}: Axis): unknown {
  return {
    name,
    values,
    rule:
      rule.kind === 'drawn'
        ? rule.distribution.key
        : rule.kind === 'derived'
          ? rule.expression.text
          : rule.kind === 'linked'
            ? rule.with
            : rule.levelCount,
    when: when && {
      condition: when.condition.kind === 'claim' ? when.condition.expression.text : when.condition.values,
      otherwise: when.otherwise,
    },
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
