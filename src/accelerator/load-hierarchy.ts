import path from 'node:path'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {LayeredSource} from '../spec/layered-source.js'
import {hierarchySchema} from '../spec/schemas/hierarchy.js'
import {YamlSource} from '../spec/yaml-source.js'
import {sourcedConstants} from './constants.js'
import type {Hierarchy} from './hierarchy.js'
import {type Leaf, numberLeaves} from './leaves.js'
import {builtOver, overridesOf} from './overrides.js'
import {buildParameters} from './parameters.js'
import {statedHierarchy, statesLevels} from './stated-hierarchy.js'

type Raw = Readonly<Record<string, unknown>>

export interface HierarchyOptions {
  /** Values in place of the file's, by parameter or path. */
  readonly set?: Readonly<Record<string, string>>
  /** The clock that cycles count; that of the file by default. */
  readonly clockHertz?: number | undefined
  /** The folder that a path is relative to; the working folder by default. */
  readonly from?: string
}

/** Whether a file describes levels for loop nests alone, and no accelerator in full. */
export function isHierarchyFile(nameOrFile: string, from?: string): boolean {
  return statesLevels(YamlSource.read(resolveFile('accelerator', nameOrFile, from)))
}

/** The hierarchy that a file of levels describes. */
export function loadHierarchyFile(file: string, options: HierarchyOptions = {}): Hierarchy {
  return hierarchyFrom(YamlSource.read(resolveFile('accelerator', file, options.from)), options)
}

/** The hierarchy that a text of levels describes. */
export function parseHierarchy(name: string, text: string, options: HierarchyOptions = {}): Hierarchy {
  return hierarchyFrom(YamlSource.parse(text, `${name}.yaml`), options)
}

function hierarchyFrom(file: YamlSource, {set = {}, clockHertz}: HierarchyOptions): Hierarchy {
  checkSchema(file, hierarchySchema)
  return builtOver(overridesOf(file, set), (overrides) => {
    const source = new LayeredSource([...overrides, file] as unknown as readonly [YamlSource, ...YamlSource[]])
    if (overrides.length > 0) checkSchema(source, hierarchySchema)
    const parameters = buildParameters(source, ((source.data as Raw)['parameters'] ?? {}) as Parameters<typeof buildParameters>[1])
    const leaves: Leaf[] = []
    const name = path.basename(file.file).replace(/\.ya?ml$/, '')
    const hierarchy = statedHierarchy(
      name,
      source,
      numberLeaves(source, parameters, (leaf) => leaves.push(leaf)),
      clockHertz,
    )
    sourcedConstants(source, leaves, parameters, new Set(overrides))
    return hierarchy
  })
}
