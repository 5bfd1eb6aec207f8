import type {TraceFormat} from './trace-format.js'

export const serving: TraceFormat = {
  requiredColumns: ['device', 'model', 'concurrency', 'input_tokens', 'output_tokens'],
  holds: 'latencies and throughputs of serving many requests at once',
  use: 'it checks serving predictions, which validate does not make yet; give it a trace with one kernel or one pass a row',
}
