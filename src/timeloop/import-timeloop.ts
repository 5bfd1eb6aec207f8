import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {yamlText} from '../spec/write-yaml.js'
import {acceleratorData, readArchitecture} from './architecture.js'
import {translateConstraints} from './constraints.js'
import {energyTable} from './energies.js'
import {translateMapping} from './mapping.js'
import {translateProblem} from './problem.js'
import {type Ignored, readSections, type Sections} from './sections.js'

/** What an import made of the files of a design. */
export interface TimeloopImport {
  readonly files: readonly string[]
  readonly ignored: readonly Ignored[]
}

/** The files of ours that stand for an input of Timeloop, by name. */
export function translateTimeloop(sections: Sections): {
  readonly files: ReadonlyMap<string, Record<string, unknown>>
  readonly ignored: readonly Ignored[]
} {
  const architecture = readArchitecture(sections.architecture)
  const problem = translateProblem(sections.problem, architecture.wordBits)
  const scope = {levels: architecture.levels, problem}
  const mapping = sections.mapping === undefined ? undefined : translateMapping(sections.mapping, scope)
  const isConstrained = sections.constraints.length > 0 || architecture.levels.some(({component}) => component.constraints !== undefined)
  const files = new Map<string, Record<string, unknown>>([
    ['accelerator.yaml', acceleratorData(architecture, energyTable(sections.ert), mapping?.usedInstances)],
    ['problem.yaml', problem.data],
  ])
  if (mapping !== undefined) files.set('mapping.yaml', mapping.data)
  if (isConstrained) files.set('strategy.yaml', translateConstraints(sections.constraints, scope))
  return {files, ignored: [...sections.ignored, ...architecture.ignored]}
}

/** Translates the files of a Timeloop design into a folder, which is made where there is none. */
export function importTimeloop(inputs: readonly string[], folder: string): TimeloopImport {
  const {files, ignored} = translateTimeloop(readSections(inputs))
  const written = [...files].map(([name, data]) => ({file: path.join(folder, name), data}))
  const clash = written.find(({file}) => inputs.some((input) => path.resolve(input) === path.resolve(file)))
  if (clash !== undefined)
    throw new UserError(`${clash.file} is an input, and would be written over`, {
      code: 'FILE_EXISTS',
      suggestions: ['name another folder with --out'],
    })
  try {
    mkdirSync(folder, {recursive: true})
    for (const {file, data} of written) writeFileSync(file, yamlText(data, [], true))
  } catch (cause) {
    throw new UserError(`${folder} cannot be written: ${String(cause)}`, {
      code: 'FILE_UNWRITABLE',
      suggestions: ['name another folder with --out'],
      cause,
    })
  }
  return {files: written.map(({file}) => file), ignored}
}
