import type {TransformerInput} from '../transformer-input.js'
import type {ConfigReader} from './config-reader.js'

/** BERT without a task: three embedding tables, norms after each sum, a pooler on the first token. */
export function bertConfig(reader: ConfigReader): Omit<TransformerInput, 'source'> {
  if (reader.flag('is_decoder', false)) throw reader.error('is_decoder', 'BERT as a decoder is not supported', ['remove is_decoder'])
  reader.passOver('position_embedding_type')
  reader.word('position_embedding_type', ['absolute'], 'absolute')
  return {
    architecture: 'encoder',
    hidden: reader.count('hidden_size'),
    vocabulary: reader.count('vocab_size'),
    layers: reader.count('num_hidden_layers'),
    attention: {heads: reader.count('num_attention_heads'), qkvBias: true, outputBias: true, eagerSoftmax: 'stored'},
    mlp: {intermediate: reader.count('intermediate_size'), activation: reader.activation('hidden_act', false, 'gelu'), bias: true},
    norm: {function: 'layernorm', placement: 'post'},
    positions: 'learned',
    positionRows: reader.count('max_position_embeddings'),
    tokenTypes: reader.count('type_vocab_size', 2),
    embeddingNorm: true,
    head: 'none',
    pooler: true,
    dropout: true,
  }
}
