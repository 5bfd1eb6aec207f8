import type {Accelerator} from '../accelerator/accelerator.js'
import {operatingPoint} from '../cost/operating-point.js'
import {refuseUnrun} from '../cost/unit-work.js'
import {nameHints} from '../foundation/nearest-name.js'
import {type DimensionVector, unitSize} from '../foundation/quantity.js'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'
import {loadModel, refuseUnusedSettings} from '../workload/load-workload.js'
import {type PassInput, passSettings} from '../workload/pass.js'
import {settingValue} from '../workload/resolve-pass.js'
import {atPlace} from './at-place.js'
import type {Axis} from './axis.js'
import {checkDesigns} from './check-designs.js'
import type {DesignSpace, RawWorkload} from './design-space.js'
import {gridPointCount} from './grid.js'
import {checkMappingAxis, isMappingAxis, type KnobValues, mappingAxisNames} from './mapping-axes.js'
import {isOperatingAxis, operatingAxes} from './operating-axes.js'
import {checkExamples, passCombinations} from './pass-combinations.js'
import {readAxes} from './read-axes.js'
import type {AxisEntry, RawAxis} from './read-axis.js'
import type {Sampler} from './samplers/sampler.js'
import {spaceProgram} from './space-program.js'

/** A space as its study writes it. */
export interface SpaceParts {
  readonly source: SpecSource
  /** Axes that hold for every space. */
  readonly axes: Readonly<Record<string, RawAxis>>
  readonly own: {readonly pointer: string; readonly axes: Readonly<Record<string, RawAxis>>}
  readonly machine: Pick<DesignSpace, 'accelerator' | 'label' | 'fidelity'>
  readonly workload: {readonly pointer: string; readonly raw: RawWorkload}
  readonly sampler: Sampler
  /** The folder of the file that says what stands at a pointer. */
  readonly folderOf: (pointer: string) => string
}

const settingNames: readonly string[] = passSettings.map(({name}) => name)
const isCompiled = (name: string): boolean => settingNames.includes(name) || isMappingAxis(name)

/** Reads one space: its axes, each checked, and a pass for each of their values. */
export function readSpace(parts: SpaceParts): DesignSpace {
  const {source, workload, folderOf} = parts
  const {accelerator, label, fidelity} = parts.machine
  const {pointer} = workload
  const {model: modelName, operators, ...settings} = workload.raw
  const modelPointer = pointerTo(pointer, 'model')
  const model = atPlace(source, modelPointer, () => loadModel(String(modelName), folderOf(modelPointer)))
  for (const name of Object.keys(settings)) {
    if (!settingNames.includes(name))
      throw source.error(pointerTo(pointer, name), `"${name}" is not a setting of a pass`, nameHints(name, settingNames), 'UNKNOWN_NAME')
  }
  const entries = axisEntries(parts)
  const axes = readAxes(source, entries, accelerator.parameters)
  const [passAxes, machineAxes] = [axes.filter(({name}) => isCompiled(name)), axes.filter(({name}) => !isCompiled(name))]
  const folder = folderOf(passAxes.find(({name}) => name === 'strategy')?.pointer ?? '')
  for (const axis of passAxes) checkMappingAxis(source, axis, fidelity, folder)
  for (const axis of machineAxes) checkOperating(source, axis, accelerator)
  checkDesigns(source, accelerator, machineAxes)
  const doubled = passAxes.find(({name}) => Object.hasOwn(settings, name))
  if (doubled !== undefined)
    throw source.error(pointerTo(pointer, doubled.name), `${doubled.name} is both fixed here and an axis`, ['remove one of the two'])
  const pass = settings as PassInput
  if (model.kind === 'transformer')
    for (const [name, value] of Object.entries(settings)) atPlace(source, pointerTo(pointer, name), () => settingValue(name, value))
  if (!passAxes.some(({name}) => name === 'phase')) atPlace(source, pointer, () => refuseUnusedSettings(model, pass))
  const chosen = operators as readonly string[] | undefined
  const whole = {model, pass, operators: undefined, folder}
  const combinations = passCombinations(axes, passAxes, accelerator.parameters)
  if (passAxes.length === 0) atPlace(source, pointer, () => spaceProgram(whole, {}))
  checkExamples(combinations, (values, at) => atPlace(source, at, () => spaceProgram(whole, values)))
  if (chosen !== undefined)
    atPlace(source, pointerTo(pointer, 'operators'), () => spaceProgram({...whole, operators: chosen}, combinations[0]?.values ?? {}))
  const isRun = (values: KnobValues, at: string): void =>
    atPlace(source, at, () => refuseUnrun(accelerator, spaceProgram({...whole, operators: chosen}, values).workload))
  if (passAxes.length === 0) isRun({}, pointer)
  checkExamples(combinations, isRun)
  const gridCount = gridPointCount(axes, accelerator.parameters)
  const sampler: Sampler = parts.sampler.kind !== 'grid' && gridCount <= parts.sampler.pointCount ? {kind: 'grid'} : parts.sampler
  const pointCount = sampler.kind === 'grid' ? gridCount : sampler.pointCount
  return {accelerator, label, model, pass, operators: chosen, folder, fidelity, passAxes, machineAxes, sampler, pointCount}
}

/** The axes of a space, those of its own in place of those of all spaces, with the dimension of each. */
function axisEntries({source, axes, own, machine: {accelerator}}: SpaceParts): readonly AxisEntry[] {
  const written = [
    ...Object.entries(axes)
      .filter(([name]) => !Object.hasOwn(own.axes, name))
      .map(([name, raw]) => ({name, raw, pointer: pointerTo('/axes', name)})),
    ...Object.entries(own.axes).map(([name, raw]) => ({name, raw, pointer: pointerTo(`${own.pointer}/axes`, name)})),
  ]
  return written.map((axis) => {
    const compiled = isCompiled(axis.name)
    return {...axis, isCompiled: compiled, like: compiled ? undefined : dimensionOf(source, axis, accelerator)}
  })
}

function dimensionOf(source: SpecSource, {name, pointer}: {name: string; pointer: string}, accelerator: Accelerator): DimensionVector {
  if (isOperatingAxis(name)) return unitSize(operatingAxes[name].like).vector
  const {ordered} = accelerator.parameters
  const parameter = ordered.find((each) => each.name === name)
  if (parameter !== undefined) return parameter.expression.vector
  const known = [...ordered.map((each) => each.name), ...Object.keys(operatingAxes), ...settingNames, ...mappingAxisNames]
  throw source.error(
    pointer,
    `"${name}" is neither a parameter of ${accelerator.name} nor a setting of a pass`,
    nameHints(name, known),
    'UNKNOWN_NAME',
  )
}

/** Refuses clocks and power limits that the machine can't be set to. */
function checkOperating(source: SpecSource, {name, values, rule, pointer}: Axis, accelerator: Accelerator): void {
  if (!isOperatingAxis(name)) return
  const {field} = operatingAxes[name]
  for (const [index, value] of values.entries())
    atPlace(source, pointerTo(pointer, index), () => operatingPoint(accelerator, {[field]: Number(value)}))
  if (rule.kind !== 'drawn') return
  for (const share of [0, 1 - 2 ** -32])
    atPlace(source, pointer, () => operatingPoint(accelerator, {[field]: rule.distribution.quantile(share)}))
}
