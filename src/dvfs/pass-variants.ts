import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {PassInput} from '../workload/pass.js'
import type {Knobs, Variant} from './pass-frontier.js'

/** A pass of a model in every combination of the settings that vary: `{batch: [1, 4], dtype: ['bf16', 'fp8']}` makes four variants. */
export function passVariants(model: Model, pass: PassInput, vary: Readonly<Record<string, readonly Knobs[string][]>>): Variant[] {
  const combinations = Object.entries(vary).reduce<Knobs[]>(
    (heads, [name, values]) => heads.flatMap((head) => values.map((value) => ({...head, [name]: value}))),
    [{}],
  )
  return combinations.map((knobs) => ({workload: buildWorkload(model, {...pass, ...knobs} as PassInput), knobs}))
}
