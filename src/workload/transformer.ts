import {dtypeBytes} from '../foundation/dtype.js'
import type {OperatorNode, Stage, Stretch, TensorClass, Workload} from './operator.js'
import {adamStateBytes} from './operators/optimizer.js'
import {backwardNodes, forwardNode, type Step} from './operators/table.js'
import {type Pass, passSettings} from './pass.js'
import {type PassContext, passContext} from './transformer-context.js'
import {embeddingSteps, headSteps, layerSteps} from './transformer-layer.js'
import {kvCacheBytes, trainingActivationBytes, weightCountPerDevice} from './transformer-memory.js'
import {parameterCount} from './transformer-parameters.js'
import type {TransformerSpec} from './transformer-spec.js'

/** A stretch of the graph: its steps, and how often it runs. */
interface Section {
  readonly steps: readonly Step[]
  readonly count: number
  readonly isLayer: boolean
}

/** A stretch with its operators, counted over all its repeats. */
interface Unfolded extends Stretch {
  readonly operators: readonly OperatorNode[]
}

/** One pass over a transformer as a list of operators. */
export function buildTransformer(spec: TransformerSpec, pass: Pass): Workload {
  const context = passContext(spec, pass)
  const sections: Section[] = [
    {steps: embeddingSteps(context), count: 1, isLayer: false},
    ...spec.layers.map((group) => ({steps: layerSteps(context, group), count: group.count, isLayer: true})),
    {steps: headSteps(context), count: 1, isLayer: false},
  ]
  const forward = sections.map(({steps, count}) => stretch(pass.phase === 'train' ? 'forward' : pass.phase, steps.map(forwardNode), count))
  const training = pass.phase === 'train' ? [...backwardPass(context, sections), stretch('optimizer', [optimizerNode(context)], 1)] : []
  const stretches = [...forward, ...training]
  const operators = stretches.flatMap((each) => each.operators)
  return {
    name: spec.name,
    phase: pass.phase,
    operators,
    stretches: stretches.map(({stage, operatorCount, repeatCount}) => ({stage, operatorCount, repeatCount})),
    parameterCount: parameterCount(spec),
    residentBytes: residentBytes(context, operators),
    tokenCount: context.countedTokens,
    settings: settingsOf(context),
  }
}

function stretch(stage: Stage, nodes: readonly OperatorNode[], repeatCount: number): Unfolded {
  const operators = nodes.map((node) => (repeatCount === 1 ? node : {...node, count: node.count * repeatCount}))
  return {stage, operatorCount: nodes.length, repeatCount, operators}
}

/** Sections in reverse; before each layer's gradients, what was not kept of it is computed again. */
function backwardPass(context: PassContext, sections: readonly Section[]): Unfolded[] {
  return [...sections].reverse().map(({steps, count, isLayer}) => {
    const again = isLayer ? recomputedSteps(context, steps).map((step) => renamed(forwardNode(step))) : []
    return stretch('backward', [...again, ...[...steps].reverse().flatMap(backwardNodes)], count)
  })
}

function renamed(node: OperatorNode): OperatorNode {
  return {...node, name: `${node.name}_recompute`}
}

const coreNames = /^attention_(scores|scale|cap_\w+|alibi|mask|upcast|softmax|downcast|dropout|values)$/

/** Korthikanti et al. 2022, section 5: selective recomputation repeats scores to weighted values; fused attention always does so inside its kernel. */
function recomputedSteps(context: PassContext, steps: readonly Step[]): readonly Step[] {
  switch (context.pass.recompute) {
    case 'none':
      return []
    case 'selective':
      return steps.filter(({options}) => coreNames.test(options.name ?? ''))
    case 'full':
      return steps
  }
}

function optimizerNode(context: PassContext): OperatorNode {
  const {pass, gradientDtype} = context
  const parameters = weightCountPerDevice(context)
  return forwardNode({
    kind: 'optimizer',
    options: {name: 'adam', parameters, dtype: pass.weightDtype, gradientDtype, arithmeticDtype: pass.accumulateDtype},
  })
}

function residentBytes(context: PassContext, operators: readonly OperatorNode[]): Record<TensorClass, number> {
  const {pass, gradientDtype} = context
  const weights = weightCountPerDevice(context)
  const isTraining = pass.phase === 'train'
  return {
    weights: weights * dtypeBytes(pass.weightDtype),
    activations: isTraining ? trainingActivationBytes(context) : largestWorkingSet(operators),
    kvCache: isTraining ? 0 : kvCacheBytes(context),
    optimizerState: isTraining ? weights * (adamStateBytes(pass.weightDtype) + dtypeBytes(gradientDtype)) : 0,
  }
}

/** In inference an operator's inputs and outputs are all that is alive. */
function largestWorkingSet(operators: readonly OperatorNode[]): number {
  let largest = 0
  for (const {demand} of operators) {
    let bytes = 0
    for (const tensor of demand.reads) if (tensor.tensor === 'activations') bytes += tensor.bytes
    for (const tensor of demand.writes) if (tensor.tensor === 'activations') bytes += tensor.bytes
    if (bytes > largest) largest = bytes
  }
  return largest
}

/** What the workload was built with; settings that cannot change this phase are left out. */
function settingsOf({pass, spec, queryTokens, kvTokens}: PassContext): Workload['settings'] {
  const used = passSettings
    .filter((setting) => setting.phases.includes(pass.phase) && (spec.moe || !setting.name.startsWith('expert')))
    .map(({name}) => [name, pass[name]] as const)
  const tokens = pass.phase === 'decode' ? {contextTokens: kvTokens} : {promptTokens: queryTokens}
  return {...Object.fromEntries(used), ...tokens, model: spec.name}
}
