import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {refuseOutside, refuseUnknownAxes} from '../sweep/base-design.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {type ObjectiveRecord, objectiveRecord} from '../sweep/objective.js'
import {spaceAround} from '../sweep/pass-space.js'
import {type SensitivityOptions, type SpaceSensitivity, spaceSensitivity} from '../sweep/space-sensitivity.js'
import {loadStudy} from '../sweep/study.js'
import {loadModel} from '../workload/load-workload.js'
import type {PassInput} from '../workload/pass.js'
import {namedMetric, namedObjective} from './named-objective.js'

/** How the results of some spaces depend on what varies in them. */
export interface Sensitivity {
  readonly objectives: readonly ObjectiveRecord[]
  readonly spaces: readonly SpaceSensitivity[]
}

/** A study, or a pass over a model on an accelerator. */
export interface Subject {
  readonly study?: string | undefined
  readonly accelerator?: string | undefined
  readonly model?: string | undefined
  readonly pass: PassInput
  readonly changes: Readonly<Record<string, string>>
  /** How far parameters go around a pass. */
  readonly rangeRatio?: number | undefined
  readonly fidelity?: string | undefined
  /** In place of the study's own, or of those of a pass. */
  readonly objectives?: readonly string[] | undefined
}

const passObjectives = ['latencySeconds', 'energyJoules', 'dieSquareMillimetres', 'deviceDollars'].map(namedMetric)
const passRangeRatio = 0.1

/** Sensitivities of each space of a study, or of the space around a pass. */
export function sensitivity(subject: Subject, options: SensitivityOptions): Sensitivity {
  const {spaces, objectives} = subject.study === undefined ? aroundPass(subject) : ofStudy(subject.study, subject)
  refuseUnknownAxes(spaces, options.at ?? {})
  refuseOutside(spaces, options.at ?? {})
  return {objectives: objectives.map(objectiveRecord), spaces: spaces.map((space) => spaceSensitivity(space, objectives, options))}
}

function ofStudy(name: string, {accelerator, model, pass, changes, rangeRatio, fidelity, objectives}: Subject) {
  const isPassGiven = [accelerator, model, rangeRatio].some((value) => value !== undefined)
  if (isPassGiven || Object.keys(pass).length > 0 || Object.keys(changes).length > 0)
    throw misused('a study says which accelerators, models and passes', 'leave out the study, or the flags of a pass')
  const study = loadStudy(name, {fidelity})
  return {spaces: study.spaces, objectives: objectives?.map((each) => namedObjective(study, each)) ?? study.objectives}
}

function aroundPass({accelerator, model, pass, changes, rangeRatio = passRangeRatio, fidelity, objectives}: Subject) {
  if (accelerator === undefined || model === undefined)
    throw misused('nothing is named to look at', 'name a study, or add --accelerator NAME --model NAME')
  if (!(rangeRatio > 0 && rangeRatio < 1))
    throw misused('parameters go down and up by more than nothing and less than all', 'write it as in --range 10%')
  const machine = loadAccelerator(accelerator, {set: changes})
  const space: DesignSpace = spaceAround(machine, loadModel(model), pass, rangeRatio, fidelity)
  return {spaces: [space], objectives: objectives?.map(namedMetric) ?? passObjectives}
}

function misused(message: string, suggestion: string): UserError {
  return new UserError(message, {code: 'USAGE', exitCode: exitCodes.usage, suggestions: [suggestion]})
}
