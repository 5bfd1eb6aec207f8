import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import MapProblem from '../../src/commands/map.js'
import type {ChainAnalysis} from '../../src/mapping/chain-analysis.js'
import {runCommand} from '../support/run-command.js'
import {smallHierarchy, smallProblem} from '../support/small-hierarchy.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-map-chain-'))
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}
const attention = file('attention.yaml', 'dtype: bf16\nattention: {heads: 4, kvHeads: 2, headDim: 64, queryTokens: 512}\n')
const pair = file(
  'pair.yaml',
  `title: pair
dtype: bf16
chain:
  - name: up
    dimensions: {M: 64, F: 64, D: 64}
    tensors: {X: {indices: [M, D]}, U: {indices: [D, F], class: weights}, H: {indices: [M, F], output: true}}
  - name: down
    dimensions: {M: 64, E: 64, F: 64}
    tensors: {H: {indices: [M, F]}, W: {indices: [F, E], class: weights}, Y: {indices: [M, E], output: true}}
`,
)
const alone = ['--workers', '1', '--budget', '8000']
const on = ['--accelerator', 'h100-sxm', '--problem', attention]

describe('ridge map of a chain', () => {
  it('runs attention as FlashAttention does: scores stay inside, every tensor passes main memory once', async () => {
    const {stdout, result, exitCode} = await runCommand(MapProblem, [
      ...on,
      '--strategy',
      'flash-attention',
      '--objective',
      'latency',
      '--json',
    ])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    if (!result || !('strategy' in result) || !result.fits) throw new Error('a chain fits')
    const [hbm] = result.levels
    const words = Object.fromEntries(hbm!.tensors.map(({name, reads, updates}) => [name, reads + updates]))
    const heads = 512 * 64
    expect(words).toEqual({Q: 4 * heads, K: 2 * heads, V: 2 * heads, O: 4 * heads, rowSum: 4 * 512, rowMax: 0, S: 0, P: 0})
    expect(result.members.map(({name}) => name)).toEqual(['scores', 'softmax', 'values'])
  })

  it('without fusion takes scores and weights through main memory, and longer', async () => {
    const fused = await runCommand(MapProblem, [...on, '--strategy', 'flash-attention', '--objective', 'latency'])
    const unfused = await runCommand(MapProblem, [...on, '--strategy', 'unfused', '--objective', 'latency', ...alone])
    const latencyOf = ({result}: typeof fused): number => (result as ChainAnalysis).latencySeconds
    expect(latencyOf(unfused)).toBeGreaterThan(latencyOf(fused))
    expect(unfused.stdout).toContain('attention on h100-sxm, unfused')
    expect(unfused.stdout).toMatch(/members +one by one/)
    expect(fused.stdout).toMatch(/fused at +shared/)
  })

  it('answers with the level and the bytes over where not even small blocks fit', async () => {
    const short = file('short.yaml', 'dtype: bf16\nattention: {heads: 1, headDim: 64, queryTokens: 32}\n')
    const tiny = file('tiny.yaml', smallHierarchy.replace('1 KiB', '64 B'))
    const {stdout, result, exitCode} = await runCommand(MapProblem, [
      '--accelerator',
      tiny,
      '--problem',
      short,
      '--strategy',
      'fused',
      '--objective',
      'latency',
    ])
    expect(exitCode).toBe(4)
    expect(result).toMatchObject({fits: false, misfits: [{level: 'buffer', capacityBytes: 64}]})
    expect(stdout).toMatch(/buffer holds 64 B, but .* are kept there, .* over: /)
    const [, room] = stdout.match(/give buffer (\d+) B, or run its members one by one: --strategy unfused/) ?? []
    const larger = file('larger.yaml', smallHierarchy.replace('1 KiB', `${room} B`))
    const again = await runCommand(MapProblem, ['-a', larger, '-p', short, '--strategy', 'fused'])
    expect(again.result).toMatchObject({fits: true})
  })

  it('draws the traffic of each level', async () => {
    const figure = path.join(folder, 'traffic.svg')
    const {exitCode} = await runCommand(MapProblem, ['-a', 'h100-sxm', '-p', pair, '--figure', figure, ...alone])
    expect(exitCode).toBe(0)
    expect(readFileSync(figure, 'utf8')).toContain('Traffic of each level: pair on h100-sxm')
  })

  it('says so where only blocks too many to count fit', async () => {
    const long = file('long.yaml', 'dtype: bf16\nattention: {heads: 1, headDim: 64, queryTokens: 8192}\n')
    const {error} = await runCommand(MapProblem, ['-a', file('small.yaml', smallHierarchy), '-p', long, '--strategy', 'fused'])
    expect(error).toMatchObject({code: 'TOO_MANY_BLOCKS', message: expect.stringContaining('row 1, key 1')})
  })

  it.each([
    [[...on, '--strategy', 'flash'], 'UNKNOWN_NAME', /strategy of chains/],
    [[...on, '--objective', 'frontier'], 'USAGE', /not for a frontier/],
    [[...on, '--roofline', 'roofs.svg'], 'USAGE', /--roofline is for single problems/],
    [[...on, '--fail-above', 'latency=1ns'], 'USAGE', /--fail-above is for single problems/],
    [
      ['-a', file('levels.yaml', smallHierarchy), '-p', file('gemm.yaml', smallProblem), '--strategy', 'flash-attention'],
      'NOT_A_CHAIN',
      /single problem/,
    ],
    [['-a', 'h100-sxm', '-p', pair, '--strategy', 'flash-attention'], 'NOT_ATTENTION', /fuses attention, which pair is not/],
  ])('refuses %j', async (argv, code, reason) => {
    const {error} = await runCommand(MapProblem, argv)
    expect(error).toMatchObject({code, message: expect.stringMatching(reason)})
  })
})
