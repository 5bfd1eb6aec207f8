import type {TransformerInput} from '../transformer-input.js'
import type {LayerGroup} from '../transformer-spec.js'
import type {ConfigReader} from './config-reader.js'

export interface LayerPlan {
  readonly layers: number
  readonly window: number | undefined
  /** Whether a layer has the window, where the file does not list it. */
  readonly isWindowed: (index: number) => boolean
  readonly mlp?: (index: number) => LayerGroup['mlp']
}

/** Layers one by one, from the file's `layer_types` where it has them, else by the family's rule. */
export function plannedLayers(reader: ConfigReader, plan: LayerPlan): TransformerInput['layers'] {
  const types = reader.words('layer_types')
  if (types.length > 0 && types.length !== plan.layers) {
    throw reader.error('layer_types', `there are ${types.length} layer types for ${plan.layers} layers`, ['one type a layer'])
  }
  return Array.from({length: plan.layers}, (_, index) => {
    const isWindowed = types.length === 0 ? plan.isWindowed(index) : windowedType(reader, types[index])
    if (isWindowed && types.length > 0 && plan.window === undefined) {
      throw reader.error('sliding_window', '"sliding_window" is missing, but some layers are of type sliding_attention', [
        'add sliding_window',
      ])
    }
    return {count: 1, window: isWindowed ? (plan.window ?? 0) : 0, mlp: plan.mlp?.(index) ?? 'dense'}
  })
}

function windowedType(reader: ConfigReader, type: string | undefined): boolean {
  if (type === 'sliding_attention') return true
  if (type === 'full_attention') return false
  throw reader.error('layer_types', `"${type}" is not a known type of layer`, ['known: full_attention, sliding_attention'])
}
