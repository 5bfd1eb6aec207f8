import type {SensitivityBar, SensitivityInput, SensitivityPanel} from '../../report/charts/sensitivity-bars.js'
import {quantityText, unitShown} from '../../report/unit.js'
import type {AxisValue} from '../../sweep/axis.js'
import type {Design} from '../../sweep/base-design.js'
import type {DesignSpace} from '../../sweep/design-space.js'
import type {Objective} from '../../sweep/objective.js'
import {axesOf} from '../../sweep/space-identity.js'
import {type SpaceSensitivity, spaceSensitivity} from '../../sweep/space-sensitivity.js'
import {namedDesigns} from '../joint-designs.js'
import {namedObjective, resultWords} from '../named-objective.js'
import {fullName} from '../workload-groups.js'
import {atFigure, type FigureBuilder, type FigureRequest, oneOf} from './figure-context.js'
import {figureDesigns} from './figure-designs.js'
import {objectiveTitle} from './metric-title.js'
import {swept} from './named-points.js'
import {sharedWork} from './shared-work.js'
import {objectiveUnit, unitOf} from './unit-of.js'

/** Rows of each sample for shares of the variance: enough for intervals of a few percent. */
const sampleCount = 512

/** What each axis does to one result, or to all that the study asks for, from the knee of the front or from a design that the figure sets. */
export const sensitivityFigure: FigureBuilder<SensitivityInput> = (request) => {
  const {y, set} = request.spec
  const {study} = request.context
  const objectives = y === undefined ? study.objectives : [namedObjective(study, oneOf(request, 'y', y, resultWords(study)))]
  const knee = set === undefined ? kneeDesign(request) : undefined
  const workloads = swept(request)
  const drawn = workloads.flatMap(({name, spaces}) => {
    const known = spaces.filter(({accelerator}) => knee === undefined || accelerator.name === knee['accelerator'])
    return known.map((space) => {
      const label = [fullName(name), ...(known.length > 1 ? [space.label] : [])].join(', ')
      const at = baseOf(space, knee ?? set ?? {})
      return {label, name, space, found: sensitivityOf(request, space, objectives, at)}
    })
  })
  const panels = objectives.flatMap((objective) => drawn.map(({label, found}) => panelOf(label, objective, found)))
  const [first] = drawn
  const spaces = drawn.map(({space}) => space)
  const subjects = [listed(spaces.map(({label}) => label)), ...(drawn.length === 1 ? [fullName(first!.name)] : [])].join(', ')
  const base = set === undefined ? 'the knee of the front' : 'as set'
  return {
    panels,
    base: first === undefined ? base : `${base} on ${subjects}: ${designText(first.found)}`,
    absentAxes: absentAxes(
      spaces,
      workloads.flatMap((workload) => workload.spaces),
    ),
  }
}

/** Axes that only spaces have which are not drawn, by the accelerators of these. */
function absentAxes(drawn: readonly DesignSpace[], all: readonly DesignSpace[]): NonNullable<SensitivityInput['absentAxes']> {
  const shown = new Set(drawn.flatMap((space) => axesOf(space).map(({name}) => name)))
  const absent = all.flatMap((space) => axesOf(space).flatMap(({name}) => (shown.has(name) ? [] : [{label: space.label, name}])))
  return [...new Set(absent.map(({label}) => label))].map((label) => ({
    accelerator: label,
    axes: [...new Set(absent.filter((each) => each.label === label).map(({name}) => name))],
  }))
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(' and ')
}

/** Sensitivities of all that the study asks for, and what else a figure draws, so that figures of the same design share them. */
function sensitivityOf(
  request: FigureRequest,
  space: DesignSpace,
  drawn: readonly Objective[],
  at: Readonly<Record<string, string>>,
): SpaceSensitivity {
  const {study} = request.context
  const isAsked = ({name}: Objective): boolean => study.objectives.some((each) => each.name === name)
  const objectives = [...study.objectives, ...drawn.filter((each) => !isAsked(each))]
  const key = JSON.stringify([study.spaces.indexOf(space), at, objectives.map(({name}) => name)])
  return sharedWork(request.context, `sensitivity ${key}`, () =>
    atFigure(request, 'set', () => spaceSensitivity(space, objectives, {at, sampleCount, seed: 1})),
  )
}

/** The knee of the designs that serve all workloads of the figure. */
function kneeDesign(request: FigureRequest) {
  return namedDesigns(figureDesigns(request)).find(({isKnee}) => isKnee)?.design.points[0]
}

/** Values of a design as people write them, where a space has an axis for them. */
function baseOf(space: DesignSpace, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const written = axesOf(space).flatMap(({name, unit}): [string, string][] => {
    const value = values[name]
    if (value === undefined || value === null) return []
    return [[name, typeof value === 'number' && unit !== '' && unit !== 'base units' ? `${value} ${unit}` : String(value)]]
  })
  return Object.fromEntries(written)
}

function panelOf(label: string, wanted: Objective, {axes, baseResults, swings, elasticities, indices}: SpaceSensitivity): SensitivityPanel {
  const objective = wanted.name
  const unit = objectiveUnit(wanted).unit ?? 'count'
  const of = <Row extends {readonly axis: string; readonly objective: string}>(
    rows: readonly Row[] | null,
    name: string,
  ): Row | undefined => rows?.find((row) => row.axis === name && row.objective === objective)
  const bars = axes.flatMap(({name, unit: axisUnit}): SensitivityBar[] => {
    const swing = of(swings, name)
    if (swing === undefined) return []
    const {lowValue, highValue, lowResult, highResult, leastResult, mostResult} = swing
    const {axis: _axis, objective: _objective, ...shares} = of(indices, name) ?? {axis: name, objective}
    const elasticity = of(elasticities, name)
    return [
      {
        axis: name,
        lowText: valueText(lowValue, axisUnit),
        highText: valueText(highValue, axisUnit),
        ...finiteOnly({lowResult, highResult, leastResult, mostResult}),
        ...(elasticity === undefined ? {} : {elasticityRatio: elasticity.elasticityRatio}),
        ...shares,
      },
    ]
  })
  return {
    name: `${objectiveTitle(wanted)} of ${label}`,
    title: objectiveTitle(wanted),
    unit,
    baseValue: baseResults[objective] ?? Number.NaN,
    bars,
  }
}

function finiteOnly(results: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(results).filter(([, value]) => Number.isFinite(value)))
}

function valueText(value: AxisValue, unit: string): string {
  return typeof value === 'number' ? quantityText(value, unitShown(unitOf(unit).unit)) : String(value)
}

function designText({axes, base}: SpaceSensitivity & {readonly base: Design}): string {
  return axes.map(({name, unit}) => `${name} ${valueText(base[name]!, unit)}`).join(', ')
}
