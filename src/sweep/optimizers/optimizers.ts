import {cmaEs} from './cma-es.js'
import {narrowing} from './narrowing.js'
import {nsga2} from './nsga-2.js'
import {nsga3} from './nsga-3.js'
import type {Optimizer} from './optimizer.js'
import {random} from './random.js'

/** Every way to search a space of designs; a new one is a new line here. */
export const optimizers = {'nsga-2': nsga2, 'nsga-3': nsga3, 'cma-es': cmaEs, narrowing, random} satisfies Record<string, Optimizer>

export type OptimizerKind = keyof typeof optimizers

export const optimizerKinds = Object.keys(optimizers) as readonly OptimizerKind[]

/** Whether a text names an optimizer. */
export function isOptimizerKind(text: string): text is OptimizerKind {
  return Object.hasOwn(optimizers, text)
}
