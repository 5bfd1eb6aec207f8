import path from 'node:path'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {transformerSchema} from '../spec/schemas/workload.js'
import {YamlSource} from '../spec/yaml-source.js'
import type {Model, TransformerModel} from './model.js'
import type {Workload} from './operator.js'
import {operatorListFrom, operatorListWorkload} from './operator-list.js'
import {type PassInput, resolvePass} from './pass.js'
import {buildTransformer} from './transformer.js'
import {type TransformerInput, transformerSpec} from './transformer-input.js'

/** A model by shipped name, or from a YAML file. */
export function loadModel(nameOrPath: string): Model {
  const source = YamlSource.read(resolveFile('model', nameOrPath))
  return (source.data as {kind?: unknown} | null)?.kind === 'operators' ? operatorListFrom(source) : transformerFrom(source)
}

function transformerFrom(source: YamlSource): TransformerModel {
  checkSchema(source, transformerSchema)
  const input = source.data as TransformerInput & {name?: string; publishedParameters?: number}
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

/** One pass over a model; a list of operators is a pass already, and its settings stay as they are. */
export function buildWorkload(model: Model, pass: PassInput): Workload {
  return model.kind === 'transformer' ? buildTransformer(model.spec, resolvePass(pass)) : operatorListWorkload(model)
}

/** A model by name or file, and one pass over it. */
export function loadWorkload(nameOrPath: string, pass: PassInput = {}): Workload {
  return buildWorkload(loadModel(nameOrPath), pass)
}
