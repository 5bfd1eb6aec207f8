import path from 'node:path'
import {nameHints} from '../../foundation/nearest-name.js'
import type {YamlSource} from '../../spec/yaml-source.js'
import {type ImpossibleParts, impossibleParts} from '../impossible-parts.js'
import {type TransformerInput, transformerSpec} from '../transformer-input.js'
import type {TransformerSpec} from '../transformer-spec.js'
import {bertConfig} from './bert.js'
import {bloomConfig} from './bloom.js'
import {type ConfigReader, configReader} from './config-reader.js'
import {deepseekV2Config, deepseekV3Config} from './deepseek.js'
import {gemma2Config, gemma3Config, gemmaConfig} from './gemma.js'
import {gptNeoxConfig} from './gpt-neox.js'
import {gptOssConfig} from './gpt-oss.js'
import {gpt2Config} from './gpt2.js'
import {llamaConfig} from './llama.js'
import {mistralConfig, mixtralConfig} from './mistral.js'
import {optConfig} from './opt.js'
import {phi3Config, phiConfig} from './phi.js'
import {qwen2Config, qwen2MoeConfig, qwen3Config, qwen3MoeConfig} from './qwen.js'
import {vitConfig} from './vit.js'

/** Readers of published configs, by their `model_type`. */
export const configTypes = {
  bert: bertConfig,
  bloom: bloomConfig,
  deepseek_v2: deepseekV2Config,
  deepseek_v3: deepseekV3Config,
  gemma: gemmaConfig,
  gemma2: gemma2Config,
  gemma3_text: gemma3Config,
  gpt2: gpt2Config,
  gpt_neox: gptNeoxConfig,
  gpt_oss: gptOssConfig,
  llama: llamaConfig,
  mistral: mistralConfig,
  mixtral: mixtralConfig,
  opt: optConfig,
  phi: phiConfig,
  phi3: phi3Config,
  qwen2: qwen2Config,
  qwen2_moe: qwen2MoeConfig,
  qwen3: qwen3Config,
  qwen3_moe: qwen3MoeConfig,
  vit: vitConfig,
} satisfies Record<string, (reader: ConfigReader) => Omit<TransformerInput, 'source'>>

export type ConfigType = keyof typeof configTypes

/** A model from a published config.json, by its own field names. Of a multimodal one, the text decoder. */
export function transformerFromConfig(source: YamlSource): TransformerSpec {
  const data = source.data as Readonly<Record<string, unknown>>
  const base = data['model_type'] === 'gemma3' && isObject(data['text_config']) ? '/text_config' : ''
  const written = base === '' ? data['model_type'] : ((data['text_config'] as Record<string, unknown>)['model_type'] ?? 'gemma3_text')
  const known = Object.keys(configTypes)
  if (written === undefined)
    throw source.error(`${base}/model_type`, '"model_type" is missing', [`add model_type; known: ${known.join(', ')}`])
  if (typeof written !== 'string' || !Object.hasOwn(configTypes, written)) {
    throw source.error(
      `${base}/model_type`,
      `${JSON.stringify(written)} is not a model_type that can be read`,
      nameHints(String(written), known),
    )
  }
  const reader = configReader(source, base)
  const input = configTypes[written as ConfigType](reader)
  reader.finish()
  const impossible = impossibleParts({...input, source: source.file})
  if (impossible !== undefined) {
    const field = configFields[impossible.pointer].find((name) => source.has(`${base}/${name}`)) ?? ''
    throw source.error(`${base}/${field}`, impossible.message, ['compare the field with the published config'])
  }
  return transformerSpec(configName(source, data), {...input, source: source.file})
}

/** Names that published configs have for the sizes that can contradict each other. */
const configFields: Readonly<Record<ImpossibleParts['pointer'], readonly string[]>> = {
  '/moe/topK': ['num_experts_per_tok', 'num_local_experts', 'num_experts'],
  '/attention/kvHeads': ['num_key_value_heads', 'num_attention_heads'],
  '/attention/heads': ['num_attention_heads', 'n_head'],
  '/patches/patchSize': ['patch_size'],
}

/** What the file calls itself, else the folder that it lies in. */
function configName(source: YamlSource, data: Readonly<Record<string, unknown>>): string {
  const named = data['_name_or_path']
  if (typeof named === 'string' && named !== '') return named
  const stem = path.basename(source.file).replace(/\.\w+$/, '')
  return stem === 'config' ? path.basename(path.dirname(path.resolve(source.file))) : stem
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
