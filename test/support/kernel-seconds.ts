import {type Accelerator, designBatch} from '../../src/accelerator/accelerator.js'
import {boundNames} from '../../src/cost/bounds.js'
import type {CompiledKernel, KernelModel} from '../../src/cost/calibrated/kernel-model.js'
import type {Fact} from '../../src/cost/explanation.js'
import type {KernelRun} from '../../src/workload/kernel-run.js'
import type {OperatorNode} from '../../src/workload/operator.js'

interface How extends Partial<KernelRun> {
  readonly clockHertz?: number
}

/** A kernel bound to one machine with these parameters in place of the model's starts: its time, bound, host time and facts. */
export function kernelTime<Name extends string>(
  model: KernelModel<Name>,
  accelerator: Accelerator,
  node: OperatorNode,
  fitted: Partial<Record<Name, number>> = {},
  {operandCopyCount = Number.POSITIVE_INFINITY, launch = 'queued', clockHertz = accelerator.machine.clocks[0]!.maximumHertz}: How = {},
): {seconds: number; boundBy: string; hostSeconds: number; facts: readonly Fact[]} {
  const names = boundNames(accelerator.machine)
  const starts = Object.entries(model.parameters) as [Name, {start: number}][]
  const parameters = Float64Array.from(starts, ([name, {start}]) => fitted[name] ?? start)
  const {machine} = designBatch(accelerator, [], 1)
  const boundIndex = (name: string): number => names.indexOf(name)
  const [seconds, boundBy] = [new Float64Array(1), new Int32Array(1)]
  const kernel: CompiledKernel = model.compile({machine, node, run: {operandCopyCount, launch}, parameters, rowCapacity: 1, boundIndex})
  kernel.time(Float64Array.of(clockHertz), seconds, boundBy, 1)
  const boundName = names[boundBy[0]!]
  if (boundName === undefined) throw new Error(`bound ${boundBy[0]} is none of ${names.join(', ')}`)
  return {seconds: seconds[0]!, boundBy: boundName, hostSeconds: kernel.hostSeconds(), facts: kernel.facts(clockHertz, 0)}
}

/** The parameters at which every term of a model vanishes. */
export function idealOf<Name extends string>(model: KernelModel<Name>): Record<Name, number> {
  const entries = Object.entries(model.parameters) as [Name, {ideal: number}][]
  return Object.fromEntries(entries.map(([name, {ideal}]) => [name, ideal])) as Record<Name, number>
}
