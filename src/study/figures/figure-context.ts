import path from 'node:path'
import type {Accelerator} from '../../accelerator/accelerator.js'
import {loadAccelerator} from '../../accelerator/load-accelerator.js'
import {chosenFidelity, type FidelityName} from '../../cost/fidelity.js'
import {nameHints} from '../../foundation/nearest-name.js'
import {UserError} from '../../foundation/user-error.js'
import {resolveFile} from '../../spec/catalogue.js'
import type {Study} from '../../sweep/study.js'
import {buildWorkload, loadModel} from '../../workload/load-workload.js'
import type {Model} from '../../workload/model.js'
import type {Workload} from '../../workload/operator.js'
import type {PassInput} from '../../workload/pass.js'
import {selectedOperators} from '../../workload/selected-operators.js'
import type {FigureSpec} from '../report-spec.js'
import type {WorkloadPoints} from '../study-points.js'
import type {StudyValidation} from '../validate-study.js'

/** What figures are drawn from: the study, its points, and its validation where it has one. */
export interface FigureContext {
  readonly study: Study
  readonly points: readonly WorkloadPoints[]
  readonly validation: StudyValidation | undefined
}

/** A figure under construction: what the study asks for, and how to say what is wrong with it. */
export interface FigureRequest {
  readonly spec: FigureSpec
  readonly context: FigureContext
  readonly pointer: string
}

/** Builds the input of one kind of chart. */
export type FigureBuilder<Input> = (request: FigureRequest) => Input

/** A field that this kind of chart can't do without. */
export function needed<Name extends keyof FigureSpec>(request: FigureRequest, name: Name): NonNullable<FigureSpec[Name]> {
  const value = request.spec[name]
  if (value !== undefined && value !== null) return value as NonNullable<FigureSpec[Name]>
  throw request.context.study.source.error(
    `${request.pointer}/${name}`,
    `a ${request.spec.chart} needs \`${name}\``,
    [`add ${name} to this figure`],
    'FIGURE_INCOMPLETE',
  )
}

/** One of several known names, or an error at the figure's place. */
export function oneOf<T extends string>(request: FigureRequest, field: keyof FigureSpec, written: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(written)) return written as T
  throw request.context.study.source.error(
    `${request.pointer}/${field}`,
    `"${written}" is not known here`,
    nameHints(written, known),
    'UNKNOWN_NAME',
  )
}

/** An accelerator as a figure draws it. */
export interface DrawnAccelerator {
  readonly accelerator: Accelerator
  readonly label: string
  readonly fidelity: FidelityName
}

/** The accelerators that a figure names: as the study's spaces have them, and as described where the study has none of that name. */
export function namedAccelerators(request: FigureRequest): DrawnAccelerator[] {
  const {study} = request.context
  const from = path.dirname(study.file)
  return needed(request, 'accelerators').flatMap((name, index) =>
    atFigure(request, `accelerators/${index}`, () => {
      const file = resolveFile('accelerator', name, from)
      const swept = study.spaces.filter(({accelerator}) => accelerator.files[0] === file)
      if (swept.length > 0) return [...new Map(swept.map((space) => [space.label, space])).values()]
      const accelerator = loadAccelerator(name, {from})
      return [{accelerator, label: accelerator.name, fidelity: chosenFidelity(accelerator, study.fidelity)}]
    }),
  )
}

/** The workloads that a figure names. */
export function namedWorkloads(request: FigureRequest): Workload[] {
  return needed(request, 'workloads').map(({model, operators, ...pass}, index) => {
    const loaded = namedModel(request, index, String(model))
    return atFigure(request, `workloads/${index}`, () => {
      const workload = buildWorkload(loaded, pass as PassInput)
      return operators === undefined ? workload : selectedOperators(workload, operators as readonly string[])
    })
  })
}

/** A model that a figure names, as the study would: a path is seen from the study's folder. */
export function namedModel(request: FigureRequest, index: number, nameOrPath: string): Model {
  return atFigure(request, `workloads/${index}/model`, () => loadModel(nameOrPath, path.dirname(request.context.study.file)))
}

/** What tells a workload apart in a figure. */
export function workloadLabel({name, phase, settings}: Pick<Workload, 'name' | 'phase' | 'settings'>): string {
  return `${name} ${phase}, batch ${settings['batch'] ?? 1}`
}

/** What `build` gives; where it is refused, the refusal stands at a field of the figure. */
export function atFigure<T>({context, pointer}: FigureRequest, field: string, build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (error instanceof UserError && error.name === 'UserError')
      throw context.study.source.error(`${pointer}/${field}`, error.message, error.suggestions, error.code)
    throw error
  }
}
