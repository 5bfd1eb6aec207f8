import type {TraceRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {OperatorNode} from '../workload/operator.js'

/** Rows whose errors belong together: one device, one kind of work, one format, one size regime. */
export interface ErrorGroup {
  readonly device: string
  readonly op: string
  readonly dtype: string
  readonly regime: string
}

/** The group of a row whose request has been built. */
export function errorGroupOf(row: TraceRow, request: TraceRequest): ErrorGroup {
  return {device: row.device, op: row.op, dtype: row.dtype ?? 'unstated', regime: regimeOf(request)}
}

/**
 * Size regime of a request; these names are stable:
 * - `m=1` (matrix times vector) or `flops 1e9-1e10`: a matrix product, by the decade of its useful operations;
 * - `seq<=128 batch=1`: prefill attention, by new tokens (to 128, to 1024, to 8192, more) and whether there are several sequences;
 * - `kv<=256 groups<=2`: decode attention, by keys (to 256, to 2048, to 16384, more) and whether batch × key heads leaves most of a device idle;
 * - `bytes 1e6-1e7`: any other kernel, by the decade of what it must read and write, or of the buffer that devices exchange;
 * - `tokens 1e3-1e4`: a pass of a model, by the decade of its new tokens.
 */
export function regimeOf(request: TraceRequest): string {
  if (request.kind === 'pass') return `tokens ${decadeOf((request.pass.batch ?? 1) * (request.pass.promptTokens ?? 1))}`
  return request.kind === 'operator' ? operatorRegime(request.operator) : 'not predicted'
}

/** Size regime of one kernel. */
export function operatorRegime(operator: OperatorNode): string {
  const {demand, shape} = operator
  if (operator.class === 'attention_prefill') {
    return `${stepOf('seq', Number(shape['queryTokens']), [128, 1024, 8192])} ${shape['batch'] === 1 ? 'batch=1' : 'batch>1'}`
  }
  if (operator.class === 'attention_decode') {
    const groups = Number(shape['batch']) * Number(shape['kvHeads'])
    return `${stepOf('kv', Number(shape['kvTokens']), [256, 2048, 16384])} ${groups <= 2 ? 'groups<=2' : 'groups>2'}`
  }
  if (operator.class === 'gemm') {
    if (demand.contractions.every(({m}) => m === 1)) return 'm=1'
    return `flops ${decadeOf(demand.contractions.reduce((sum, {operationCount}) => sum + operationCount, 0))}`
  }
  const touchedBytes = [...demand.reads, ...demand.writes].reduce((sum, {bytes}) => sum + bytes, 0)
  return `bytes ${decadeOf(demand.wire?.bytes ?? touchedBytes)}`
}

/** `seq<=128`, `seq<=1024`, …: the first bound that holds the value. */
function stepOf(name: string, value: number, bounds: readonly number[]): string {
  const bound = bounds.find((limit) => value <= limit)
  return bound === undefined ? `${name}>${bounds.at(-1)}` : `${name}<=${bound}`
}

/** `1e6-1e7` holds 1e6 and not 1e7; the exponent is that of the decimal notation, so no logarithm rounds it. */
export function decadeOf(value: number): string {
  const exponent = Number(value.toExponential().split('e')[1])
  return `1e${exponent}-1e${exponent + 1}`
}
