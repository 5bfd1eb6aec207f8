import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {shippedNames} from '../spec/catalogue.js'
import {readTrace} from '../trace/read-trace.js'
import type {TraceRow} from '../trace/trace-row.js'
import {type Forecast, type ForecastOptions, forecast} from './forecast.js'

/** Predicts a long run from a trace of its steps, on the accelerator that is named, or that its rows name where it is shipped. */
export async function forecastOfTrace(file: string, name: string | undefined, options: ForecastOptions): Promise<Forecast> {
  const rows: TraceRow[] = []
  for await (const row of readTrace(file)) rows.push(row)
  const known = name ?? shippedNames('accelerator').find((shipped) => shipped === rows[0]!.device)
  return forecast(file, rows, known === undefined ? undefined : loadAccelerator(known), options)
}
