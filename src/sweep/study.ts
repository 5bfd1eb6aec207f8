import path from 'node:path'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {extendedLayers} from '../spec/extended-layers.js'
import {LayeredSource} from '../spec/layered-source.js'
import {studySchema} from '../spec/schemas/study.js'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'
import {atPlace} from './at-place.js'
import {type Constraint, parseConstraint} from './constraint.js'
import type {DesignSpace, RawWorkload} from './design-space.js'
import {type Objective, type RawObjective, readObjectives} from './objective.js'
import {type OptimizerChoice, type RawOptimizer, readOptimizer} from './optimizer-choice.js'
import type {RawAxis} from './read-axis.js'
import {readSpace} from './read-space.js'
import {resultNames} from './result-names.js'
import {readSampler} from './samplers/read-sampler.js'
import {searchedSpaces} from './searched-spaces.js'

export interface Study {
  readonly name: string
  readonly title: string
  readonly file: string
  readonly source: SpecSource
  /** The folder of the file that says what stands at a pointer: paths in it are relative to that. */
  readonly folderOf: (pointer: string) => string
  /** The fidelity that was asked for; each accelerator has its best where none was. */
  readonly fidelity: string | undefined
  /** What was asked for in place of the file's own: with it, the file is this study again. */
  readonly asked: StudyOptions
  readonly spaces: readonly DesignSpace[]
  readonly constraints: readonly Constraint[]
  readonly objectives: readonly Objective[]
  /** How the study is searched; undefined where all of it is evaluated. */
  readonly optimizer: OptimizerChoice | undefined
}

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
  readonly sampler?: Parameters<typeof readSampler>[1]
  readonly constraints?: readonly string[]
  readonly objectives: readonly RawObjective[]
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
  const source = new LayeredSource(extendedLayers('study', file))
  checkSchema(source, studySchema)
  const folderOf = (pointer: string): string => path.dirname(source.pathOf(pointer) ?? file)
  const raw = source.data as RawStudy
  const fidelity = options.fidelity ?? raw.fidelity
  const sampler = readSampler(source, raw.sampler)
  const spaces = raw.spaces.flatMap((space, spaceIndex) => {
    const pointer = `/spaces/${spaceIndex}`
    const machine = describedMachine(source, pointer, space, folderOf)
    const chosen =
      options.fidelity === undefined
        ? atPlace(source, '/fidelity', () => chosenFidelity(machine.accelerator, fidelity))
        : chosenFidelity(machine.accelerator, fidelity)
    return raw.workloads.map((workload, index) =>
      readSpace({
        source,
        axes: raw.axes ?? {},
        own: {pointer, axes: space.axes ?? {}},
        machine: {...machine, fidelity: chosen},
        workload: {pointer: `/workloads/${index}`, raw: workload},
        sampler,
        folderOf,
      }),
    )
  })
  const names = resultNames(spaces)
  const constraints = (raw.constraints ?? []).map((text, index) => parseConstraint(source, `/constraints/${index}`, text, names))
  const objectives = readObjectives(source, raw.objectives, names)
  const optimizer = optimizerOf(source, raw, options, spaces)
  return {
    name: path.basename(file) === 'study.yaml' ? path.basename(path.dirname(file)) : path.basename(file).replace(/\.ya?ml$/, ''),
    title: raw.title,
    file,
    source,
    folderOf,
    fidelity,
    asked: options,
    spaces: optimizer === undefined ? spaces : searchedSpaces(spaces, optimizer, {constraints, objectives}),
    constraints,
    objectives,
    optimizer,
  }
}

/** The optimizer of a study, which chooses among all points, and so leaves no room for a sampler. */
function optimizerOf(
  source: SpecSource,
  raw: RawStudy,
  {optimizer: said = {}}: StudyOptions,
  spaces: readonly DesignSpace[],
): OptimizerChoice | undefined {
  const isEndless = spaces.some(({pointCount}) => !Number.isFinite(pointCount))
  const optimizer = readOptimizer(source, raw.optimizer, said, isEndless)
  if (optimizer === undefined || raw.sampler === undefined || raw.sampler.kind === 'grid') return optimizer
  throw source.error('/sampler', `${optimizer.kind} chooses the designs itself, and ${raw.sampler.kind} leaves it none`, [
    'leave the sampler out, or the optimizer',
  ])
}

/** The accelerator of a space with what the study sets on it. */
function describedMachine(
  source: SpecSource,
  pointer: string,
  space: RawSpace,
  folderOf: Study['folderOf'],
): Pick<DesignSpace, 'accelerator' | 'label'> {
  const at = pointerTo(pointer, 'accelerator')
  const set = Object.entries(space.set ?? {}).map(([key, value]) => [key, String(value)] as const)
  const accelerator = atPlace(source, at, () => loadAccelerator(space.accelerator, {from: folderOf(at), set: Object.fromEntries(set)}))
  return {accelerator, label: [accelerator.name, ...set.map(([key, value]) => `${key}=${value}`)].join(' ')}
}
