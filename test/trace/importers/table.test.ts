import {describe, expect, it} from 'vitest'
import {UserError} from '../../../src/foundation/user-error.js'
import type {TraceFormatName} from '../../../src/trace/importers/table.js'
import {traceFormatNames, traceFormatOf, traceFormats} from '../../../src/trace/importers/table.js'
import {readTrace} from '../../../src/trace/read-trace.js'
import {temporaryTraces} from '../temporary-trace.js'

const write = temporaryTraces()

const headers: Readonly<Record<TraceFormatName, string>> = {
  'kernel-trace': 'device,source,op,latency_us,model,notes',
  'kernel-inventory': 'model,phase,model_dtype,model_batch,seq,op,dtype,m,n,k,batch,detail,count',
  'voltage-frequency': 'device,clock_mhz,voltage_mv,idle_power_w',
  serving:
    'device,source,framework,model,dtype,tp,pp,ep,dp,concurrency,input_tokens,output_tokens,ttft_us,tpot_us,request_latency_us,throughput_tokens_per_s,power_w,energy_j_per_token,notes',
  'token-lengths': 'arrived_at,num_prefill_tokens,num_decode_tokens',
}

describe('traceFormatOf', () => {
  it.each(traceFormatNames)('tells a %s file by its header', (name) => {
    expect(traceFormatOf(headers[name].split(','))).toBe(name)
  })

  it('knows no format of other columns', () => {
    expect(traceFormatOf(['time', 'value'])).toBeUndefined()
  })
})

describe('a file of another format where a kernel trace is needed', () => {
  it.each(traceFormatNames.filter((name) => name !== 'kernel-trace'))('is named as %s, with what to do with it', (name) => {
    const file = write(`${name}.csv`, `${headers[name]}\n`)
    expect.assertions(4)
    try {
      readTrace(file)
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      const {code, exitCode, message, suggestions} = error as UserError
      expect([code, exitCode]).toEqual(['TRACE_FORMAT', 3])
      expect(message).toBe(`${file}:1\n  this is a ${name} file (${traceFormats[name].holds}), but a kernel-trace file is needed here`)
      expect(suggestions).toEqual([traceFormats[name].use])
    }
  })
})
