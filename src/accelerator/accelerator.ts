import type {SpecSource} from '../spec/yaml-source.js'
import {buildMachine} from './build-machine.js'
import type {Generation} from './generation.js'
import {columnLeaves, type Leaf} from './leaves.js'
import type {Column, Machine} from './machine.js'
import type {Parameters} from './parameters.js'
import type {Range} from './range.js'
import type {TechnologyScaling} from './technology-layer.js'

/** One described number with where it comes from, for `show` and for records. */
export interface Constant {
  readonly pointer: string
  readonly text: string
  readonly value: number
  readonly unit: string
  readonly source: string
  readonly estimate?: string
  readonly range?: Range
}

/** An accelerator as described: the machine at its parameters, and all that is needed to vary them. */
export interface Accelerator {
  readonly name: string
  readonly title: string
  readonly source: SpecSource
  /** The file itself, then those that it extends; empty for text that stands in no file. */
  readonly files: readonly string[]
  readonly parameters: Parameters
  readonly machine: Machine<number>
  readonly leaves: readonly Leaf[]
  readonly constants: readonly Constant[]
  /** The parameters that stand on their own, with the notes of each. */
  readonly parameterConstants: readonly Constant[]
  /** What was set in place of the files' values, by parameter or path. */
  readonly changes: Readonly<Record<string, string>>
  /** How the energies of the die were carried to another technology, where they were. */
  readonly technologyScaling: TechnologyScaling | undefined
  /** The generation that it belongs to, when it names one. */
  readonly generation: Generation | undefined
}

/** A batch of designs of one accelerator: fill `parameterColumns` (base units), `refill`, and `machine` holds the designs. */
export interface DesignBatch {
  readonly machine: Machine<Column>
  readonly parameterColumns: ReadonlyMap<string, Column>
  readonly refill: (rowCount: number) => void
}

/** Columns for designs that differ in the `varied` parameters, `rowCapacity` at a time; fields that are not wanted stay as described. */
export function designBatch(
  accelerator: Accelerator,
  varied: readonly string[],
  rowCapacity: number,
  isWanted?: (pointer: string) => boolean,
): DesignBatch {
  const {leaves, parameterColumns, refill} = columnLeaves(accelerator.source, accelerator.parameters, varied, rowCapacity, isWanted)
  return {machine: buildMachine(accelerator.source, leaves), parameterColumns, refill}
}
