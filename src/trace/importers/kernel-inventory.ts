import type {TraceFormat} from './trace-format.js'

export const kernelInventory: TraceFormat = {
  requiredColumns: ['model', 'phase', 'op', 'detail', 'count'],
  holds: 'the kernels that a pass of a model runs, without measurements',
  use: 'it is a workload: ridge eval --model <this file>',
}
