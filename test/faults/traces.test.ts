import {readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Validate from '../../src/commands/validate.js'
import {repositoryRoot, runCommand} from '../support/run-command.js'
import {refusal, temporaryFolder, written} from './refusal.js'

const folder = temporaryFolder()
const shipped = readFileSync(path.join(repositoryRoot, 'accelerators', 'h100-sxm', 'measured.csv'), 'utf8').split('\n')
const headingIndex = shipped.findIndex((line) => line.startsWith('device,'))
const heading = shipped[headingIndex]!
const rows = shipped.slice(headingIndex + 1, headingIndex + 31)
const latencyIndex = heading.split(',').indexOf('latency_us')

function withLatency(row: string, text: string): string {
  return row
    .split(',')
    .map((cell, index) => (index === latencyIndex ? text : cell))
    .join(',')
}

describe('a trace', () => {
  it('with CRLF or a byte order mark gives the errors of the plain one', async () => {
    const plain = await runCommand(Validate, ['--trace', written(folder, 'plain.csv', [heading, ...rows].join('\n'))])
    const crlf = await runCommand(Validate, ['--trace', written(folder, 'crlf.csv', `${[heading, ...rows].join('\r\n')}\r\n`)])
    const marked = await runCommand(Validate, ['--trace', written(folder, 'bom.csv', `\uFEFF${[heading, ...rows].join('\n')}`)])
    expect(plain.result!.rowCount).toBe(30)
    expect(crlf.result!.metrics).toEqual(plain.result!.metrics)
    expect(marked.result!.metrics).toEqual(plain.result!.metrics)
  })

  it.each(['abc', '-3', '0', 'NaN', '1e999', '', '12 us'])('with the latency "%s" on line 7 is refused there', async (text) => {
    const bad = [heading, ...rows.slice(0, 5), withLatency(rows[5]!, text), ...rows.slice(6)]
    const file = written(folder, 'bad.csv', bad.join('\n'))
    const error = await refusal(Validate, '--trace', file)
    expect(error).toMatchObject({code: 'TRACE_INVALID', exitCode: 3})
    expect(error.message).toMatch(/bad\.csv:7:\d+ latency_us\n/)
  })

  it('without the column latency_us is refused, and the column named', async () => {
    const without = [heading, ...rows].map((line) => line.split(',').toSpliced(latencyIndex, 1).join(','))
    const error = await refusal(Validate, '--trace', written(folder, 'without.csv', without.join('\n')))
    expect(error).toMatchObject({code: 'TRACE_COLUMNS', exitCode: 3, suggestions: ['add a column latency_us']})
  })

  it('whose error is above the bar ends with 5, in text and under --json', async () => {
    const argv = ['--trace', written(folder, 'bar.csv', [heading, ...rows].join('\n')), '--max-mape', '0.0001']
    const text = await runCommand(Validate, argv)
    expect([text.exitCode, text.stderr]).toEqual([5, expect.stringContaining('Code: BAR_NOT_MET\nTry this: ')])
    const json = await runCommand(Validate, [...argv, '--json'])
    expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([5, expect.objectContaining({rowCount: 30})])
  })
})
