import type {Step} from './operators/table.js'
import {type PassContext, share} from './transformer-context.js'
import {type Activation, activations, type LayerGroup, type MoeSpec} from './transformer-spec.js'
import {linear, pointwise} from './transformer-steps.js'

/** The MLP, or the experts, of one layer. */
export function mlpSteps(context: PassContext, group: LayerGroup): Step[] {
  const {mlp, moe} = context.spec
  if (group.mlp === 'moe' && moe) return expertSteps(context, moe)
  return mlp ? denseSteps(context, 'mlp', mlp.intermediate, mlp.activation, mlp.bias) : []
}

function denseSteps(context: PassContext, name: string, intermediate: number, activation: Activation, bias: boolean): Step[] {
  const {spec, pass} = context
  const width = share(context, intermediate)
  const {isGated} = activations[activation]
  const up =
    isGated && !pass.fused && !spec.jointProjections
      ? [linear(context, `${name}_gate`, width, spec.hidden, {bias}), linear(context, `${name}_up`, width, spec.hidden, {bias})]
      : [linear(context, `${name}_up`, isGated ? 2 * width : width, spec.hidden, {bias})]
  return [...up, ...activationSteps(context, name, activation, width), linear(context, `${name}_down`, spec.hidden, width, {bias})]
}

/** Eager kernels of the activations that PyTorch does not hold as one. */
const eagerKernels = {
  swiglu: ['silu', 'mul'],
  geglu: ['gelu-tanh', 'mul'],
  'squared-relu': ['relu', 'square'],
  // 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
  'gelu-new': ['cube', 'mulu', 'add', 'mulu', 'tanh', 'addu', 'mulu', 'mul'],
} as const

function activationSteps(context: PassContext, name: string, activation: Activation, width: number): Step[] {
  const eager = !context.pass.fused && activation in eagerKernels ? eagerKernels[activation as keyof typeof eagerKernels] : undefined
  if (eager) return eager.map((kernel) => pointwise(context, `${name}_${kernel}`, kernel, width))
  return [pointwise(context, `${name}_activation`, activations[activation].function, width)]
}

function expertSteps(context: PassContext, moe: MoeSpec): Step[] {
  const {spec, pass, tokens, ranks, stored, gradientDtype} = context
  const steps: Step[] = [
    linear(context, 'router', moe.experts, spec.hidden, {bias: moe.routerBias}),
    {kind: 'softmax', options: {name: 'router_softmax', m: tokens, n: moe.experts, ...stored}},
    {
      kind: 'moe',
      options: {
        name: 'experts',
        tokens,
        hidden: spec.hidden,
        intermediate: moe.intermediate,
        experts: moe.experts,
        topK: moe.topK,
        activation: activations[moe.activation].function,
        bias: moe.bias,
        tensorParallel: ranks,
        distribution: pass.expertDistribution,
        exponent: pass.expertExponent,
        dtype: pass.dtype,
        weightDtype: pass.weightDtype,
        activationDtype: pass.activationDtype,
        arithmeticDtype: pass.accumulateDtype,
        gradientDtype,
      },
    },
  ]
  if (moe.sharedIntermediate === 0) return steps
  steps.push(...denseSteps(context, 'shared_expert', moe.sharedIntermediate, moe.activation, false))
  if (moe.sharedGate)
    steps.push(linear(context, 'shared_expert_gate', 1, spec.hidden), pointwise(context, 'shared_expert_scale', 'mulu', spec.hidden))
  return [...steps, pointwise(context, 'shared_expert_sum', 'add', spec.hidden)]
}
