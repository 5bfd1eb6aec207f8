import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {transformerSchema} from '../spec/schemas/workload.js'
import {SpecError} from '../spec/spec-error.js'
import {YamlSource} from '../spec/yaml-source.js'
import {resolveModelName} from './aliases.js'
import {storedWeights} from './config-import/quantization.js'
import {transformerFromConfig} from './config-import/table.js'
import {impossibleParts} from './impossible-parts.js'
import type {Model, TransformerModel} from './model.js'
import type {Workload} from './operator.js'
import {operatorListFromCsv} from './operator-csv.js'
import {operatorListFrom, operatorListWorkload, parseSelector, selectedPasses} from './operator-list.js'
import {type PassInput, passSettings} from './pass.js'
import {refuseUnused, resolvePass, unusedSetting} from './resolve-pass.js'
import {buildTransformer} from './transformer.js'
import {type TransformerInput, transformerSpec} from './transformer-input.js'
import {patchTokenCount} from './transformer-spec.js'

/**
 * A model by shipped name or alias, or from a file: YAML, a published config.json, or an operator list as CSV, where
 * `#model=…,phase=…,batch=…,seq=…` behind the file chooses a pass.
 */
export function loadModel(nameOrPath: string, from?: string): Model {
  const [written = '', selector] = nameOrPath.split(/#(.*)/s)
  const file = resolveFile('model', resolveModelName(written) ?? written, from)
  if (/\.csv$/i.test(file)) {
    const list = operatorListFromCsv(file)
    return selector === undefined ? list : selectedPasses(list, parseSelector(selector))
  }
  const source = YamlSource.read(file)
  if (isConfig(source)) {
    const spec = transformerFromConfig(source)
    const stored = storedWeights(source)
    return {kind: 'transformer', name: spec.name, source: spec.source, spec, ...(stored !== undefined && {storedWeights: stored})}
  }
  return kindOf(source) === 'operators' ? operatorListFrom(source) : transformerFrom(source)
}

function kindOf(source: YamlSource): unknown {
  return (source.data as {kind?: unknown} | null)?.kind
}

function isConfig(source: YamlSource): boolean {
  const {data} = source
  return typeof data === 'object' && data !== null && ('model_type' in data || (/\.json$/i.test(source.file) && !('kind' in data)))
}

function transformerFrom(source: YamlSource): TransformerModel {
  checkSchema(source, transformerSchema)
  const input = source.data as TransformerInput & {name?: string; publishedParameters?: number}
  checkParts(source, input)
  const name = input.name ?? path.basename(source.file).replace(/\.\w+$/, '')
  const published = input.publishedParameters
  return {
    kind: 'transformer',
    name,
    source: input.source,
    spec: transformerSpec(name, input),
    ...(published !== undefined && {publishedParameterCount: published}),
  }
}

/** What the schema cannot say: parts that other parts need. */
function checkParts(source: YamlSource, input: TransformerInput): void {
  const {layers, mlp, moe, patches} = input
  const kinds = new Set(typeof layers === 'number' ? [] : layers.map((group) => group.mlp))
  if (mlp === undefined && (moe === undefined || kinds.has('dense')))
    throw source.error('/mlp', '"mlp" is missing', ['add mlp, or moe for layers of experts'])
  if (moe === undefined && kinds.has('moe')) throw source.error('/moe', '"moe" is missing, but some layers have experts', ['add moe'])
  if (moe !== undefined && mlp !== undefined && kinds.size === 0) {
    throw source.error('/layers', 'there are mlp and moe, but the layers do not say which they have', [
      'layers: [{count: 3, mlp: dense}, {count: 58, mlp: moe}]',
    ])
  }
  const impossible = impossibleParts(input)
  if (impossible !== undefined) throw source.error(impossible.pointer, impossible.message, [impossible.hint])
  if (input.vocabulary === undefined && patches === undefined)
    throw source.error('/vocabulary', '"vocabulary" is missing', ['add vocabulary, or patches'])
}

/** One pass over a model; of an operator list, the pass that batch and promptTokens leave. Quantized weights are never taken for plain ones. */
export function buildWorkload(model: Model, pass: PassInput): Workload {
  if (model.kind === 'transformer') {
    const tokens = model.spec.patches && patchTokenCount(model.spec.patches)
    if (tokens !== undefined && pass.promptTokens !== undefined && pass.promptTokens !== tokens) {
      throw new UserError(`${model.name} makes ${tokens} tokens of an image, not ${pass.promptTokens}`, {
        code: 'BAD_VALUE',
        suggestions: ['leave promptTokens out'],
      })
    }
    const resolved = resolvePass(pass)
    refuseUnusedSettings(model, pass)
    const {storedWeights: stored} = model
    if (stored !== undefined && pass.weightDtype === undefined && resolved.weightDtype !== stored.dtype)
      throw new SpecError([stored.problem], 'QUANTIZED_WEIGHTS')
    return buildTransformer(model.spec, resolved)
  }
  refuseUnusedSettings(model, pass)
  return operatorListWorkload(selectedPasses(model, {batch: pass.batch, seq: pass.promptTokens}))
}

const expertSettings: readonly string[] = ['expertDistribution', 'expertExponent']
/** A list's phase is a word for records; of a study's workload it is that word. */
const unlistedSettings = passSettings.map(({name}) => name as string).filter((name) => !['phase', 'batch', 'promptTokens'].includes(name))

/** Refuses settings that are given where neither the phase nor the model can use them. */
export function refuseUnusedSettings(model: Model, pass: PassInput): void {
  if (model.kind === 'transformer') refuseUnused(pass, pass.phase ?? 'prefill')
  const [unused, reason] =
    model.kind === 'operators'
      ? [unlistedSettings, 'is a list of operators, whose passes are told apart by batch and promptTokens']
      : [model.spec.moe === undefined ? expertSettings : [], 'has no experts']
  for (const [name, value] of Object.entries(pass)) {
    if (value === undefined || !unused.includes(name)) continue
    throw unusedSetting(`${name} does nothing to ${model.name}, which ${reason}`, [`leave ${name} out`])
  }
}

/** A model by name or file, and one pass over it. */
export function loadWorkload(nameOrPath: string, pass: PassInput = {}): Workload {
  return buildWorkload(loadModel(nameOrPath), pass)
}
