import {kernelWorkload} from '../workload/kernel-workload.js'
import {buildWorkload, loadModel} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import type {OperatorRequest, PassRequest} from './trace-request.js'

/** The workload that a row asks for, or in words why there is none; models are loaded once into the map. */
export function requestWorkload(request: OperatorRequest | PassRequest, models: Map<string, Model>): Workload | string {
  return request.kind === 'operator' ? kernelWorkload(request.operator) : passWorkload(request, models)
}

function passWorkload(request: PassRequest, models: Map<string, Model>): Workload | string {
  const {model, pass, hasOptimizer, pipelineParallelCount, deviceCount} = request
  if (pipelineParallelCount > 1) return 'pipeline parallelism is not modelled'
  if (deviceCount > (pass.tensorParallel ?? 1)) return 'data parallelism is not modelled'
  const loaded = models.get(model) ?? loadModel(model)
  models.set(model, loaded)
  const workload = buildWorkload(loaded, pass)
  return hasOptimizer ? workload : {...workload, operators: workload.operators.filter((operator) => operator.class !== 'optimizer')}
}
