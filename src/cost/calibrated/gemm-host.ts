import type {OperatorNode} from '../../workload/operator.js'

/** Share of the host's time for a launch that passes before a lone kernel starts; fitted once, for V100, T4 and A100 together. */
export const exposedHostShare = 0.65

/** A product with weights is issued by way of a layer: this often the time of a plain product; fitted once, for the same three. */
const layerHostRatio = 1.6

/** How often a plain product's time a host needs to issue this one. */
export function hostRatio({demand}: OperatorNode): number {
  return demand.reads.some(({tensor}) => tensor === 'weights') ? layerHostRatio : 1
}
