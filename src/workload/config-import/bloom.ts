import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** BLOOM: as GPT-2, with ALiBi instead of positions and a norm on the embedding. */
export function bloomConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const hidden = reader.count(['hidden_size', 'n_embed'])
  return {
    hidden,
    vocabulary: reader.count('vocab_size'),
    layers: reader.count(['n_layer', 'num_hidden_layers']),
    attention: {heads: reader.count(['n_head', 'num_attention_heads']), qkvBias: true, outputBias: true},
    mlp: {intermediate: reader.count('n_inner', 4 * hidden), activation: 'gelu-new', bias: true},
    norm: {function: 'layernorm'},
    positions: 'alibi',
    embeddingNorm: true,
    tiedEmbedding: reader.flag('tie_word_embeddings', true),
    jointProjections: true,
  }
}
