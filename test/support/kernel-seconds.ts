import {type Accelerator, designBatch} from '../../src/accelerator/accelerator.js'
import type {KernelModel} from '../../src/cost/calibrated/kernel-model.js'
import {boundNames} from '../../src/cost/program.js'
import type {OperatorNode} from '../../src/workload/operator.js'

/** Time and bound of one kernel on one machine at its highest clock, with these parameters in place of the model's starts. */
export function kernelTime<Name extends string>(
  model: KernelModel<Name>,
  accelerator: Accelerator,
  node: OperatorNode,
  fitted: Partial<Record<Name, number>> = {},
  {operandCopyCount = Number.POSITIVE_INFINITY, clockHertz = accelerator.machine.clocks[0]!.maximumHertz} = {},
): {seconds: number; boundBy: string} {
  const names = boundNames(accelerator.machine)
  const starts = Object.entries(model.parameters) as [Name, {start: number}][]
  const parameters = Float64Array.from(starts, ([name, {start}]) => fitted[name] ?? start)
  const {machine} = designBatch(accelerator, [], 1)
  const boundIndex = (name: string): number => names.indexOf(name)
  const [seconds, boundBy] = [new Float64Array(1), new Int32Array(1)]
  const run = model.compile({machine, node, run: {operandCopyCount}, parameters, rowCapacity: 1, boundIndex})
  run(Float64Array.of(clockHertz), seconds, boundBy, 1)
  return {seconds: seconds[0]!, boundBy: names[boundBy[0]!]!}
}
