import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** Vision Transformer with a classifier on the class token. */
export function vitConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const imageSize = reader.count('image_size')
  const patchSize = reader.count('patch_size')
  if (imageSize % patchSize !== 0)
    throw reader.error('patch_size', `an image of ${imageSize} pixels cannot be cut into patches of ${patchSize}`)
  return {
    architecture: 'encoder',
    hidden: reader.count('hidden_size'),
    layers: reader.count('num_hidden_layers'),
    attention: {
      heads: reader.count('num_attention_heads'),
      qkvBias: reader.flag('qkv_bias', true),
      outputBias: true,
      eagerMask: 'none',
    },
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', false, 'gelu'), bias: true},
    norm: {function: 'layernorm'},
    positions: 'learned',
    head: 'classifier',
    headBias: true,
    labels: reader.count('num_labels', reader.entries('id2label') ?? 2),
    patches: {imageSize, patchSize, channels: reader.count('num_channels', 3)},
    dropout: true,
  }
}
