import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** GPT-NeoX and Pythia: attention and MLP side by side, each behind its own LayerNorm; part of each head rotated. */
export function gptNeoxConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  const bias = reader.flag('attention_bias', true)
  return {
    hidden: reader.count('hidden_size'),
    vocabulary: reader.count('vocab_size'),
    layers: reader.count('num_hidden_layers'),
    attention: {heads: reader.count('num_attention_heads'), qkvBias: bias, outputBias: bias},
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', false, 'gelu'), bias: true},
    norm: {function: 'layernorm'},
    parallelBlocks: reader.flag('use_parallel_residual', true) ? 'two-norms' : 'no',
    positions: 'rotary',
    rotaryRatio: reader.ratio('rotary_pct', 0.25),
    tiedEmbedding: reader.flag('tie_word_embeddings', false),
    jointProjections: true,
  }
}
