import type {Accelerator} from '../accelerator/accelerator.js'
import type {FidelityName} from '../cost/fidelity.js'
import type {Model} from '../workload/model.js'
import type {PassInput} from '../workload/pass.js'
import type {Axis} from './axis.js'
import type {Sampler} from './samplers/sampler.js'

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
  readonly sampler: Sampler
  /** Points that the study describes; infinite over an axis without levels, unless a sample is drawn. */
  readonly pointCount: number
}

/** A workload as a study writes it: settings of the pass, and which of its operators. */
export type RawWorkload = Readonly<Record<string, string | number | boolean | readonly string[]>>
