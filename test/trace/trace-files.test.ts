import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {traceFiles} from '../../src/trace/trace-files.js'
import {temporaryFolder, written} from '../faults/refusal.js'
import {failure} from '../support/small-accelerator.js'

const kernels = 'device,op,latency_us\nnowhere,gemm,5\n'

describe('traceFiles', () => {
  it('takes every kernel trace of a folder, in order, and nothing else that lies there', () => {
    const folder = temporaryFolder()
    const b = written(folder, 'b.csv', kernels)
    const a = written(folder, 'a.CSV', kernels)
    written(folder, 'lengths.csv', 'arrival_s,prefill_tokens,decode_tokens\n0,1,2\n')
    written(folder, 'deeper/c.csv', kernels)
    written(folder, 'folder.csv/d.csv', kernels)
    written(folder, 'README.md', kernels)
    expect(traceFiles([folder])).toEqual([a, b])
  })

  it('leaves files as they are named, also such as are not there', () => {
    expect(traceFiles(['nowhere.csv', 'b.txt'])).toEqual(['nowhere.csv', 'b.txt'])
  })

  it('takes no file twice, however it is named', () => {
    const folder = temporaryFolder()
    const file = written(folder, 'a.csv', kernels)
    expect(traceFiles([file, folder, path.relative(process.cwd(), file)])).toHaveLength(1)
  })

  it('refuses a folder without a trace', () => {
    const folder = temporaryFolder()
    const {code, message, suggestions} = failure(() => traceFiles([folder]))
    expect([code, message]).toEqual(['FILE_UNREADABLE', `${folder}: this folder holds no kernel trace`])
    expect(suggestions).toEqual(['name a folder of measured traces, or their files'])
  })
})
