import type {Dtype} from '../foundation/dtype.js'
import {UserError} from '../foundation/user-error.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {LayeredSource} from '../spec/layered-source.js'
import {nameOf} from '../spec/name-of.js'
import {hierarchySchema} from '../spec/schemas/hierarchy.js'
import {YamlSource} from '../spec/yaml-source.js'
import {hierarchyOf} from './build-hierarchy.js'
import {sourcedConstants} from './constants.js'
import type {Hierarchy} from './hierarchy.js'
import {type Leaf, numberLeaves} from './leaves.js'
import {loadAccelerator} from './load-accelerator.js'
import {builtOver, overridesOf} from './overrides.js'
import {buildParameters} from './parameters.js'
import {statedHierarchy, statesLevels} from './stated-hierarchy.js'

type Raw = Readonly<Record<string, unknown>>

export interface LevelsOptions {
  /** Values in place of the file's, by parameter or path. */
  readonly set?: Readonly<Record<string, string>>
  /** The clock that cycles count; that of the file, or the highest of an accelerator, by default. */
  readonly clockHertz?: number | undefined
  /** The folder that a path is relative to; the working folder by default. */
  readonly from?: string
}

export interface HierarchyChoice extends LevelsOptions {
  /** Format of the arithmetic; an accelerator described in full computes several. */
  readonly dtype: Dtype | undefined
  /** Of an accelerator described in full. */
  readonly unit?: string | undefined
}

/** The levels and multiply-adders of a shipped accelerator by name, of one from a file, or of a file that describes levels alone. */
export function loadHierarchy(nameOrFile: string, {dtype, unit, ...options}: HierarchyChoice): Hierarchy {
  const source = YamlSource.read(resolveFile('accelerator', nameOrFile, options.from))
  if (statesLevels(source)) {
    if (unit === undefined) return hierarchyFrom(source, options)
    throw source.error('/arithmetic', `this file describes one kind of multiply-adders, so that no unit ${unit} can be chosen`, [
      'leave the unit out',
    ])
  }
  const {clockHertz, ...files} = options
  const accelerator = loadAccelerator(nameOrFile, files)
  if (dtype !== undefined) return hierarchyOf(accelerator, {dtype, unit, clockHertz})
  throw new UserError(`${accelerator.name} computes several formats, but nothing says which one this problem is of`, {
    code: 'DTYPE_MISSING',
    suggestions: ['add `dtype: bf16` at the top of the problem', 'or give it: --dtype bf16'],
  })
}

/** The hierarchy that a text of levels describes. */
export function parseHierarchy(name: string, text: string, options: LevelsOptions = {}): Hierarchy {
  return hierarchyFrom(YamlSource.parse(text, `${name}.yaml`), options)
}

function hierarchyFrom(file: YamlSource, {set = {}, clockHertz}: LevelsOptions): Hierarchy {
  checkSchema(file, hierarchySchema)
  return builtOver(overridesOf(file, set), (overrides) => {
    const source = new LayeredSource([...overrides, file] as unknown as readonly [YamlSource, ...YamlSource[]])
    if (overrides.length > 0) checkSchema(source, hierarchySchema)
    const parameters = buildParameters(source, ((source.data as Raw)['parameters'] ?? {}) as Parameters<typeof buildParameters>[1])
    const leaves: Leaf[] = []
    const name = nameOf(file, 'accelerator')
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
