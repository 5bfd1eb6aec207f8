import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** Rows that the published position table has in front of position 0. */
const positionOffset = 2

/** OPT: as GPT-2, with ReLU, separate projections and two more position rows. */
export function optConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const hidden = reader.count('hidden_size')
  const bias = reader.flag('enable_bias', true)
  const isPreNorm = reader.flag('do_layer_norm_before', true)
  if (reader.count('word_embed_proj_dim', hidden) !== hidden) {
    throw reader.error('word_embed_proj_dim', `an embedding of another width than hidden_size ${hidden} is not supported`, [
      'of the published models, only opt-350m has one',
    ])
  }
  return {
    hidden,
    vocabulary: reader.count('vocab_size'),
    layers: reader.count('num_hidden_layers'),
    attention: {heads: reader.count('num_attention_heads'), qkvBias: bias, outputBias: bias, eagerScale: 'queries'},
    mlp: {intermediate: reader.count('ffn_dim'), activation: reader.activation('activation_function', false, 'relu'), bias},
    norm: {function: 'layernorm', placement: isPreNorm ? 'pre' : 'post'},
    finalNorm: isPreNorm && !reader.flag('_remove_final_layer_norm', false),
    positions: 'learned',
    positionRows: reader.count('max_position_embeddings') + positionOffset,
    tiedEmbedding: reader.flag('tie_word_embeddings', true),
    dropout: true,
  }
}
