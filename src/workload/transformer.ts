import {dtypeBytes} from '../foundation/dtype.js'
import type {OperatorNode, TensorClass, Workload} from './operator.js'
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

/** One pass over a transformer as a list of operators. */
export function buildTransformer(spec: TransformerSpec, pass: Pass): Workload {
  const context = passContext(spec, pass)
  const sections: Section[] = [
    {steps: embeddingSteps(context), count: 1, isLayer: false},
    ...spec.layers.map((group) => ({steps: layerSteps(context, group), count: group.count, isLayer: true})),
    {steps: headSteps(context), count: 1, isLayer: false},
  ]
  const forward = sections.flatMap(({steps, count}) => repeated(steps.map(forwardNode), count))
  const operators = pass.phase === 'train' ? [...forward, ...backwardPass(context, sections), optimizerNode(context)] : forward
  return {
    name: spec.name,
    phase: pass.phase,
    operators,
    parameterCount: parameterCount(spec),
    residentBytes: residentBytes(context, operators),
    tokenCount: context.countedTokens,
    settings: settingsOf(context),
  }
}

function repeated(nodes: readonly OperatorNode[], count: number): OperatorNode[] {
  return nodes.map((node) => (count === 1 ? node : {...node, count: node.count * count}))
}

/** Sections in reverse; before each layer's gradients, what was not kept of it is computed again. */
function backwardPass(context: PassContext, sections: readonly Section[]): OperatorNode[] {
  return [...sections].reverse().flatMap(({steps, count, isLayer}) => {
    const again = isLayer ? recomputedSteps(context, steps).map((step) => renamed(forwardNode(step))) : []
    return repeated([...again, ...[...steps].reverse().flatMap(backwardNodes)], count)
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
