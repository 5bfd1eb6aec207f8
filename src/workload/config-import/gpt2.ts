import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** GPT-2: LayerNorm before each block, learned positions, biases everywhere, one table for embedding and head. */
export function gpt2Config(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const hidden = reader.count('n_embd')
  return {
    hidden,
    vocabulary: reader.count('vocab_size'),
    layers: reader.count('n_layer'),
    attention: {
      heads: reader.count('n_head'),
      qkvBias: true,
      outputBias: true,
      eagerScale: 'scores-by-tensor',
      eagerMask: 'selection',
      eagerSoftmax: 'stored',
    },
    mlp: {
      intermediate: reader.count('n_inner', 4 * hidden),
      activation: reader.activation('activation_function', false, 'gelu_new'),
      bias: true,
    },
    norm: {function: 'layernorm'},
    positions: 'learned',
    positionRows: reader.count('n_positions'),
    tiedEmbedding: reader.flag('tie_word_embeddings', true),
    jointProjections: true,
    dropout: true,
  }
}
