import path from 'node:path'
import type {Accelerator} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {type Metric, metricNamed, metrics, metricWords} from '../cost/metrics.js'
import {type Operating, operatingPoint} from '../cost/operating-point.js'
import type {ExpressionSymbol, SymbolTable} from '../foundation/expression.js'
import {nameHints} from '../foundation/nearest-name.js'
import {unitSize} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import type {Goal} from '../frontier/pareto-front.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {studySchema} from '../spec/schemas/study.js'
import {pointerTo, type SpecSource, YamlSource} from '../spec/yaml-source.js'
import {fusedWorkload} from '../workload/fused-workload.js'
import {buildWorkload, loadModel, refuseUnusedSettings} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import {type PassInput, passSettings} from '../workload/pass.js'
import {selectedOperators} from '../workload/selected-operators.js'
import {type Axis, plainAxis, quantityAxis, type RawAxis} from './axis.js'
import {checkDesigns} from './check-designs.js'
import {type Constraint, parseConstraint} from './constraint.js'
import {checkMappingAxis, isMappingAxis, type KnobValues, mappingAxisNames, mappingChoice} from './mapping-axes.js'
import {type OptimizerChoice, type RawOptimizer, readOptimizer} from './optimizer-choice.js'

/** Axes of the point a machine runs at; all others are parameters of the accelerator or settings of the pass. */
export const operatingAxes = {
  clock: {like: 'Hz', field: 'clockHertz'},
  memoryClock: {like: 'Hz', field: 'memoryClockHertz'},
  powerLimit: {like: 'W', field: 'powerLimitWatts'},
} as const satisfies Record<string, {like: string; field: keyof Operating}>
export type OperatingAxis = keyof typeof operatingAxes

export interface Objective {
  readonly metric: Metric
  readonly goal: Goal
}

/** One accelerator with one workload, and what varies between its points. */
export interface DesignSpace {
  readonly accelerator: Accelerator
  /** Tells the accelerator apart: its name, and what the study sets on it. */
  readonly label: string
  readonly model: Model
  /** Settings of the pass that do not vary. */
  readonly pass: PassInput
  /** The operators of the pass that are evaluated; all where undefined. */
  readonly operators: readonly string[] | undefined
  /** The folder that paths of strategies are relative to. */
  readonly folder: string
  readonly fidelity: FidelityName
  /** Settings of the pass and of its mappings that vary: each combination is a program of its own. */
  readonly passAxes: readonly Axis[]
  /** Parameters of the accelerator, clocks and power limit. */
  readonly machineAxes: readonly Axis[]
  readonly pointCount: number
}

export interface Study {
  readonly name: string
  readonly title: string
  readonly file: string
  readonly source: SpecSource
  /** The fidelity that was asked for; each accelerator has its best where none was. */
  readonly fidelity: string | undefined
  readonly spaces: readonly DesignSpace[]
  readonly constraints: readonly Constraint[]
  readonly objectives: readonly Objective[]
  /** How the study is searched; undefined where all of it is evaluated. */
  readonly optimizer: OptimizerChoice | undefined
}

/** A workload as a study writes it: settings of the pass, and which of its operators. */
export type RawWorkload = Readonly<Record<string, string | number | boolean | readonly string[]>>

interface RawSpace {
  readonly accelerator: string
  readonly set?: Readonly<Record<string, string | number>>
  readonly axes?: Readonly<Record<string, RawAxis>>
}

interface RawStudy {
  readonly title: string
  readonly spaces: readonly RawSpace[]
  readonly workloads: readonly RawWorkload[]
  readonly axes?: Readonly<Record<string, RawAxis>>
  readonly constraints?: readonly string[]
  readonly objectives: readonly (string | {readonly metric: string; readonly goal: Goal})[]
  readonly fidelity?: string
  readonly optimizer?: RawOptimizer
}

/** In place of the study's own. */
export interface StudyOptions {
  readonly fidelity?: string | undefined
  readonly optimizer?: RawOptimizer
}

/** Loads a study by shipped name or from a file, with every name in it resolved and every axis checked. */
export function loadStudy(nameOrFile: string, options: StudyOptions = {}): Study {
  const file = resolveFile('study', nameOrFile)
  const source = YamlSource.read(file)
  checkSchema(source, studySchema)
  const raw = source.data as RawStudy
  const fidelity = options.fidelity ?? raw.fidelity
  const fidelityOf = (accelerator: Accelerator): FidelityName =>
    options.fidelity === undefined
      ? at(source, '/fidelity', () => chosenFidelity(accelerator, fidelity))
      : chosenFidelity(accelerator, fidelity)
  const folder = path.dirname(file)
  const spaces = raw.spaces.flatMap((space, spaceIndex) => {
    const pointer = `/spaces/${spaceIndex}`
    const set = Object.entries(space.set ?? {}).map(([key, value]) => [key, String(value)] as const)
    const accelerator = at(source, pointerTo(pointer, 'accelerator'), () =>
      loadAccelerator(space.accelerator, {from: folder, set: Object.fromEntries(set)}),
    )
    const label = [accelerator.name, ...set.map(([key, value]) => `${key}=${value}`)].join(' ')
    return raw.workloads.map((workload, index) =>
      designSpace(
        source,
        raw,
        {accelerator, label, fidelity: fidelityOf(accelerator)},
        {pointer, axes: space.axes ?? {}},
        {pointer: `/workloads/${index}`, workload, folder},
      ),
    )
  })
  const {symbols, columnNamed} = resultNames(spaces)
  return {
    name: path.basename(file) === 'study.yaml' ? path.basename(folder) : path.basename(file).replace(/\.ya?ml$/, ''),
    title: raw.title,
    file,
    source,
    fidelity,
    spaces,
    constraints: (raw.constraints ?? []).map((text, index) => parseConstraint(source, `/constraints/${index}`, text, symbols, columnNamed)),
    objectives: raw.objectives.map((objective, index) => objectiveOf(source, `/objectives/${index}`, objective)),
    optimizer: readOptimizer(source, raw.optimizer, options.optimizer),
  }
}

function designSpace(
  source: SpecSource,
  raw: RawStudy,
  {accelerator, label, fidelity}: Pick<DesignSpace, 'accelerator' | 'label' | 'fidelity'>,
  space: {pointer: string; axes: Readonly<Record<string, RawAxis>>},
  {pointer, workload, folder}: {pointer: string; workload: RawWorkload; folder: string},
): DesignSpace {
  const {model: modelName, operators, ...settings} = workload
  const model = at(source, pointerTo(pointer, 'model'), () => loadModel(String(modelName), folder))
  const settingNames: readonly string[] = passSettings.map(({name}) => name)
  for (const name of Object.keys(settings)) {
    if (!settingNames.includes(name))
      throw source.error(pointerTo(pointer, name), `"${name}" is not a setting of a pass`, nameHints(name, settingNames), 'UNKNOWN_NAME')
  }
  const axes = [
    ...Object.entries(raw.axes ?? {})
      .filter(([name]) => !Object.hasOwn(space.axes, name))
      .map(([name, axis]) => ({name, axis, at: pointerTo('/axes', name)})),
    ...Object.entries(space.axes).map(([name, axis]) => ({name, axis, at: pointerTo(`${space.pointer}/axes`, name)})),
  ]
  const isCompiled = (name: string): boolean => settingNames.includes(name) || isMappingAxis(name)
  const passAxes = axes
    .filter(({name}) => isCompiled(name))
    .map(({name, axis, at: where}) => ({...plainAxis(source, where, name, axis), pointer: where}))
  for (const axis of passAxes) checkMappingAxis(source, axis, fidelity, folder)
  const machineAxes = axes
    .filter(({name}) => !isCompiled(name))
    .map(({name, axis, at: where}) => ({...machineAxis(source, where, name, axis, accelerator), pointer: where}))
  checkDesigns(source, accelerator, machineAxes)
  const doubled = passAxes.find(({name}) => Object.hasOwn(settings, name))
  if (doubled !== undefined)
    throw source.error(pointerTo(pointer, doubled.name), `${doubled.name} is both fixed here and an axis`, ['remove one of the two'])
  const pass = settings as PassInput
  if (!passAxes.some(({name}) => name === 'phase')) at(source, pointer, () => refuseUnusedSettings(model, pass))
  const pointCount = [...passAxes, ...machineAxes].reduce((product, {values}) => product * values.length, 1)
  const chosen = operators as readonly string[] | undefined
  const whole = {model, pass, operators: undefined, folder}
  const buildAt = (where: string, varied: KnobValues): Workload =>
    at(source, where, () => spaceProgram(whole, {...firstOf(passAxes), ...varied}).workload)
  if (passAxes.length === 0) buildAt(pointer, {})
  for (const {name, values, pointer: where} of passAxes)
    for (const [index, value] of values.entries()) buildAt(pointerTo(where, index), {[name]: value})
  if (chosen !== undefined)
    at(source, pointerTo(pointer, 'operators'), () => spaceProgram({...whole, operators: chosen}, firstOf(passAxes)))
  return {accelerator, label, model, pass, operators: chosen, folder, fidelity, passAxes, machineAxes, pointCount}
}

/** What a combination of a space's values of its pass runs, and how its products are mapped. */
export function spaceProgram(
  {model, pass, operators, folder}: Pick<DesignSpace, 'model' | 'pass' | 'operators' | 'folder'>,
  varied: KnobValues,
): {readonly workload: Workload; readonly choice: MappingChoice | undefined} {
  const settings = Object.fromEntries(Object.entries(varied).filter(([name]) => !isMappingAxis(name)))
  const workload = buildWorkload(model, {...settings, ...pass})
  const chosen = operators === undefined ? workload : selectedOperators(workload, operators)
  return {workload: fusedWorkload(chosen, varied['fusion']), choice: mappingChoice(varied, folder)}
}

function firstOf(axes: readonly Axis[]): Record<string, Axis['values'][number]> {
  return Object.fromEntries(axes.map(({name, values}) => [name, values[0]!]))
}

function machineAxis(source: SpecSource, pointer: string, name: string, raw: RawAxis, accelerator: Accelerator): Axis {
  if (Object.hasOwn(operatingAxes, name)) {
    const {like, field} = operatingAxes[name as OperatingAxis]
    const axis = quantityAxis(source, pointer, name, raw, unitSize(like).vector)
    for (const [index, value] of axis.values.entries())
      at(source, Array.isArray(raw) ? pointerTo(pointer, index) : pointer, () => operatingPoint(accelerator, {[field]: value}))
    return axis
  }
  const parameter = accelerator.parameters.ordered.find((each) => each.name === name)
  if (parameter === undefined) {
    const known = [
      ...accelerator.parameters.ordered.map((each) => each.name),
      ...Object.keys(operatingAxes),
      ...passSettings.map((each) => each.name),
      ...mappingAxisNames,
    ]
    throw source.error(
      pointer,
      `"${name}" is neither a parameter of ${accelerator.name} nor a setting of a pass`,
      nameHints(name, known),
      'UNKNOWN_NAME',
    )
  }
  return quantityAxis(source, pointer, name, raw, parameter.expression.vector)
}

function objectiveOf(source: SpecSource, pointer: string, raw: RawStudy['objectives'][number]): Objective {
  const name = typeof raw === 'string' ? raw : raw.metric
  const metric = metricNamed(name)
  if (metric === undefined) throw source.error(pointer, `"${name}" is not a metric`, nameHints(name, metricWords), 'UNKNOWN_NAME')
  return {metric, goal: typeof raw === 'string' ? 'min' : raw.goal}
}

/** Names that constraints may use: every metric, also by its short name, and the axes that all spaces share; an axis hides a short name. */
function resultNames(spaces: readonly DesignSpace[]): {symbols: SymbolTable; columnNamed: (written: string) => string} {
  const axes = spaces.map(({passAxes, machineAxes}) => [...passAxes, ...machineAxes])
  const axisNames = new Set(axes.flatMap((all) => all.map(({name}) => name)))
  const words = metricWords.filter((word) => !axisNames.has(word))
  const symbols = new Map<string, ExpressionSymbol>(words.map((word) => [word, unitSize(metrics[metricNamed(word)!].unit)]))
  for (const {name, unit, values} of axes[0] ?? []) {
    if (typeof values[0] !== 'number') continue
    if (axes.every((others) => others.some((other) => other.name === name && other.unit === unit && typeof other.values[0] === 'number')))
      symbols.set(name, unitSize(unit))
  }
  return {symbols, columnNamed: (written) => (axisNames.has(written) ? written : (metricNamed(written) ?? written))}
}

/** Names the place in the study where something that it refers to fails. */
function at<T>(source: SpecSource, pointer: string, build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (error instanceof UserError && error.name === 'UserError') throw source.error(pointer, error.message, error.suggestions, error.code)
    throw error
  }
}
