import type {Dtype} from '../../foundation/dtype.js'
import type {SpecProblem} from '../../spec/spec-error.js'
import type {YamlSource} from '../../spec/yaml-source.js'

/** How a published checkpoint stores its weights, where that is not the number format it computes in. */
export interface StoredWeights {
  /** The nearest number format; undefined where the config does not tell a width that is known here. */
  readonly dtype: Dtype | undefined
  /** What a pass is refused with that does not say how weights are stored. */
  readonly problem: SpecProblem
}

type Fields = Readonly<Record<string, unknown>>

const fieldNames = ['quantization_config', 'compression_config'] as const

/** What a config.json says of weights that are stored quantized, of the text decoder in a multimodal one too. */
export function storedWeights(source: YamlSource): StoredWeights | undefined {
  for (const [base, data] of [
    ['', source.data],
    ['/text_config', fieldsOf(source.data)?.['text_config']],
  ] as const) {
    for (const name of fieldNames) {
      const quantization = fieldsOf(fieldsOf(data)?.[name])
      if (quantization === undefined) continue
      const method = textOf(quantization['quant_method']) ?? 'an unnamed method'
      const dtype = dtypeOf(quantization)
      const stored = dtype === undefined ? '' : `, as ${dtype}`
      const message = `the weights of this model are stored quantized (${method}${stored}), and the pass does not say how weights are stored`
      const written = dtype ?? 'int4'
      const hints = [
        `add --weight-dtype ${written}, in a study weightDtype: ${written}${dtype === undefined ? ', or int8 or fp8, by the bits that a weight has' : ''}`,
        'or --weight-dtype bf16 for the model before it was quantized',
      ]
      return {dtype, problem: source.problem(`${base}/${name}`, message, hints)}
    }
  }
  return undefined
}

function dtypeOf(quantization: Fields): Dtype | undefined {
  const words = [quantization['quant_method'], quantization['quant_algo'], quantization['fmt']].map((word) => textOf(word) ?? '')
  if (words.some((word) => /(^|_)(mx|nv)?fp4/.test(word)) || quantization['bnb_4bit_quant_type'] === 'fp4') return 'fp4'
  if (words.some((word) => /fp8|^e[45]m[23]/.test(word))) return 'fp8'
  if (quantization['load_in_4bit'] === true) return 'int4'
  if (quantization['load_in_8bit'] === true) return 'int8'
  const groups = Object.values(fieldsOf(quantization['config_groups']) ?? {})
  const {num_bits: groupBits, type} = fieldsOf(fieldsOf(groups[0])?.['weights']) ?? {}
  const bits = quantization['bits'] ?? quantization['w_bit'] ?? groupBits
  if (bits === 4) return type === 'float' ? 'fp4' : 'int4'
  if (bits === 8) return type === 'float' ? 'fp8' : 'int8'
  return undefined
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined
}
