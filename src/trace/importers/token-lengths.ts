import type {TraceFormat} from './trace-format.js'

export const tokenLengths: TraceFormat = {
  requiredColumns: ['arrived_at', 'num_prefill_tokens', 'num_decode_tokens'],
  holds: 'arrival times and lengths of requests, without measurements',
  use: 'it drives a serving workload; give validate a trace with one kernel or one pass a row',
}
