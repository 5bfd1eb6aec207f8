import {readCsvHeading} from '../trace/csv-file.js'
import {requireFormat} from '../trace/importers/table.js'
import type {PassRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {ListedPass} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import {operatorListFromCsv} from '../workload/operator-csv.js'
import {listedWorkload} from '../workload/operator-list.js'
import {eagerOperators} from './unlisted-kernels.js'

/** A measured pass with the kernels that an inventory lists for it. */
export interface InventoryPass {
  readonly request: PassRequest
  readonly workload: Workload
}

/** Reads an inventory of kernels: what it lists for the pass of a row, or undefined where that pass does not stand in it. */
export function inventoryPasses(file: string): (row: TraceRow) => InventoryPass | undefined {
  requireFormat(readCsvHeading(file), 'kernel-inventory')
  const list = operatorListFromCsv(file)
  const workloads = new Map(
    list.passes.map((pass) => [keyOf(pass.model, pass.phase, pass.dtype, pass.batch, pass.seq), passWorkload(pass)]),
  )
  return (row) => {
    const {model, op, dtype, batch, seqQ} = row
    const workload = workloads.get(keyOf(model, op, dtype, batch, seqQ))
    if (workload === undefined) return undefined
    const pass = {phase: 'prefill', batch, promptTokens: seqQ, dtype} as const
    return {workload, request: {kind: 'pass', model, pass, hasOptimizer: false, pipelineParallelCount: 1, deviceCount: 1}}
  }
}

/** The listed kernels and those around them, as a host of an eager framework queues them. */
function passWorkload(pass: ListedPass): Workload {
  const workload = listedWorkload(pass.model, {...pass, operators: eagerOperators(pass)})
  return {...workload, settings: {...workload.settings, launch: 'queued'}}
}

function keyOf(...parts: readonly (string | number | undefined)[]): string {
  return parts.join('\n')
}
