import type {OperatorClass} from '../../workload/operator.js'
import type {KernelModel} from './kernel-model.js'
import {threeConstants} from './three-constants.js'

/** The model of each class of kernels. */
const kernelModels: Readonly<Partial<Record<OperatorClass, KernelModel>>> = {}

/** The model of a class of kernels. */
export function kernelModel(operatorClass: OperatorClass): KernelModel {
  return kernelModels[operatorClass] ?? threeConstants
}
