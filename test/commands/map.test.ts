import {existsSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Eval from '../../src/commands/eval.js'
import MapProblem from '../../src/commands/map.js'
import type {MapResult} from '../../src/search/mapped-search.js'
import {runCommand} from '../support/run-command.js'
import {smallHierarchy, smallProblem} from '../support/small-hierarchy.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-map-'))
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}
const levels = file('small.yaml', smallHierarchy)
const gemm = file('small-gemm.yaml', smallProblem)
const given = file(
  'given.yaml',
  'levels:\n  dram: {temporal: [M 2, K 3]}\n  buffer: {temporal: [N 2], x: [M 4], bypass: [weights]}\n  registers: {temporal: [N 2, K 2]}\n',
)
const tooLarge = file('too-large.yaml', 'levels: {registers: {temporal: [M 8, N 4, K 6]}}\n')
const on = ['--accelerator', levels, '--problem', gemm]
const search = [...on, '--workers', '1']

/** `ridge map` of a single problem. */
const mapSingle = async (argv: string[]) => {
  const {result, ...outcome} = await runCommand(MapProblem, argv)
  return {...outcome, result: result as MapResult | undefined}
}

describe('ridge map --mapping', () => {
  it('returns what moves at each level of each tensor, per instance, and prints just that under --json', async () => {
    const {stdout, result, exitCode} = await mapSingle([...on, '--mapping', given, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    if (result === undefined || !('mapping' in result && result.fits)) throw new Error('the mapping fits')
    // Weights pass the buffer, so that main memory feeds each of 4 registers: 2 · 3 · 2 tiles of 4 words.
    // 48 + 192 words read and 32 written there are 544 B at 8 B a cycle: 68 cycles, of 8 multiply-adders for 192 multiply-adds.
    expect(result).toMatchObject({fits: true, cycles: 68, latencySeconds: 680e-9, boundBy: 'dram', search: null})
    expect(result.utilizationRatio).toBeCloseTo(192 / (8 * 68), 12)
    expect(result.levels.map(({name, instances}) => [name, instances])).toEqual([
      ['dram', 1],
      ['buffer', 1],
      ['registers', 4],
    ])
    expect(result.levels[0]!.tensors[1]).toMatchObject({
      name: 'weights',
      reads: 192,
      fills: 0,
      updates: 0,
      energyJoules: expect.closeTo(38.4e-9, 18),
    })
    expect(result.levels[2]!.tensors[1]).toMatchObject({name: 'weights', tileWords: 4, fills: 48, reads: 48})
    const parts = result.levels.reduce((sum, {energyJoules}) => sum + energyJoules, result.arithmetic.energyJoules)
    expect(result.energyJoules).toBeCloseTo(parts, 18)
    expect(result.mapping.levels).toEqual({
      dram: {temporal: ['M 2', 'K 3']},
      buffer: {temporal: ['N 2'], x: ['M 4'], bypass: ['weights']},
      registers: {temporal: ['N 2', 'K 2']},
    })
  })

  it('prints the loop nest with what each level keeps, its traffic, and what bounds it', async () => {
    const {stdout} = await mapSingle([...on, '--mapping', given])
    const nest = [
      'dram  keeps 48 words of inputs, 24 of weights, 32 of outputs: 208 B',
      '  for M in 0..2',
      '    for K in 0..3',
      '      buffer  keeps 8 words of inputs, 16 of outputs: 48 B of 1 KiB; weights pass',
      '        for N in 0..2',
      '          spread M in 0..4 along x',
      '            registers  keeps 2 words of inputs, 4 of weights, 2 of outputs: 16 B of 16 B',
      '              for N in 0..2',
      '                for K in 0..2',
      '                  mac  outputs += inputs · weights',
    ]
    expect(stdout).toContain(nest.join('\n'))
    expect(stdout).toMatch(/^ +weights +24 +192 +0 +0 +38.4 nJ/m)
    expect(stdout).toMatch(/^dram +1 of 1 +208 B +68 +100 % +54.4 nJ/m)
    expect(stdout).toMatch(/^cycles +68, bound by dram$/m)
    expect(stdout).toMatch(/^utilization +35.3 % of 8 multiply-adds a cycle$/m)
  })

  it('says how much the last turn takes where counts do not divide', async () => {
    const uneven = file('uneven.yaml', 'levels: {dram: {temporal: [M 8, N 4, K 2]}, registers: {temporal: [K 4]}}\n')
    const {stdout} = await mapSingle([...on, '--mapping', uneven])
    expect(stdout).toContain('for K in 0..2 (the last takes 2 of 4)')
  })

  it('answers for a mapping that does not fit, with 4 as its exit code', async () => {
    const {stdout, result, exitCode} = await mapSingle([...on, '--mapping', tooLarge, '--json'])
    expect(exitCode).toBe(4)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
    expect(result).toMatchObject({fits: false, misfits: [{level: 'registers', overBytes: 192}]})
    const text = await mapSingle([...on, '--mapping', tooLarge])
    expect(text.exitCode).toBe(4)
    expect(text.stdout).toContain('registers: tiles of 208 B in 16 B, 192 B too many')
    expect(text.stdout).not.toContain('cycles')
  })

  it('runs at another clock, and with values in place of the file’s', async () => {
    const at = async (...flags: string[]) => (await mapSingle([...on, '--mapping', given, ...flags])).result
    expect(await at('--clock', '200MHz')).toMatchObject({cycles: 68, latencySeconds: 340e-9})
    expect(await at('--set', 'dram.bandwidth=16 B/cycle')).toMatchObject({cycles: 48, boundBy: 'mac'})
    expect(await at('--dtype', 'int8')).toMatchObject({cycles: 48})
  })

  it('draws the traffic and the roofline', async () => {
    const [figure, roofline] = ['traffic.svg', 'roofline.svg'].map((name) => path.join(folder, name)) as [string, string]
    await mapSingle([...on, '--mapping', given, '--figure', figure, '--roofline', roofline])
    for (const name of ['dram', 'buffer', 'registers', 'weights']) expect(readFileSync(figure, 'utf8')).toContain(`>${name}<`)
    expect(readFileSync(roofline, 'utf8')).toContain('dram 800 MB/s')
  })

  it('has no roof to draw where nothing limits a rate', async () => {
    const free = smallHierarchy
      .replace('bandwidth: 8 B/cycle', 'bandwidth: unlimited')
      .replace(/ {4}readBandwidth.*\n.*\n/, '    bandwidth: unlimited\n')
    const flags = ['--accelerator', file('free.yaml', free), '--problem', gemm, '--mapping', given]
    const {stderr, exitCode} = await mapSingle([...flags, '--roofline', path.join(folder, 'none.svg')])
    expect(stderr).toContain('NO_ROOF')
    expect(exitCode).toBe(3)
  })
})

describe('ridge map', () => {
  it('proves the best mapping of a small space, and writes it for --mapping', async () => {
    const written = path.join(folder, 'found.yaml')
    const {result, stdout} = await mapSingle([...search, '--objective', 'edp', '--write', written])
    if (!result?.fits || result.search === null) throw new Error('a mapping is found')
    expect(result.search).toMatchObject({objective: 'edp', strategy: null, isProved: true, wasInterrupted: false})
    expect(stdout).toMatch(/^search +proved among counts that divide: of .* mappings none is better in edp; .*--imperfect allows/m)
    const again = (await mapSingle([...on, '--mapping', written])).result
    expect(again).toEqual({...result, search: null})
    const other = (await mapSingle([...on, '--mapping', given])).result
    if (!other?.fits) throw new Error('the mapping fits')
    expect(result.energyJoules * result.latencySeconds).toBeLessThanOrEqual(other.energyJoules * other.latencySeconds)
  })

  it('keeps to a strategy from a file, and by name', async () => {
    const strategy = file('rows.yaml', 'levels:\n  buffer: {x: [M 4, others 1], y: [others 1], bypass: [weights]}\n')
    const own = (await mapSingle([...search, '--strategy', strategy])).result
    expect(own?.mapping.levels['buffer']).toMatchObject({x: ['M 4'], bypass: expect.arrayContaining(['weights'])})
    expect(own?.mapping.levels['buffer']).not.toHaveProperty('y')
    const named = (await mapSingle([...search, '--strategy', 'output-stationary'])).result
    expect(named?.search).toMatchObject({strategy: 'output-stationary'})
  })

  it('looks at counts that do not divide too where that is allowed, by a flag or by a strategy that says nothing else', async () => {
    const imperfect = file('imperfect.yaml', 'imperfect: true\n')
    const perfect = (await mapSingle([...search, '--budget', '3000'])).result
    const flagged = await mapSingle([...search, '--budget', '3000', '--imperfect'])
    const written = (await mapSingle([...search, '--budget', '3000', '--strategy', imperfect])).result
    expect(perfect?.search?.isPerfectOnly).toBe(true)
    expect(flagged.result?.search?.isPerfectOnly).toBe(false)
    expect(flagged.result?.search?.mappingCount).toBeGreaterThan(perfect!.search!.mappingCount)
    expect(flagged.stdout).not.toContain('that divide')
    expect(written?.search?.mappingCount).toBe(flagged.result?.search?.mappingCount)
  })

  it('takes any as the strategy that fixes nothing', async () => {
    const {result} = await mapSingle([...search, '--strategy', 'any'])
    const free = (await mapSingle(search)).result
    expect(result?.search).toEqual({...free?.search, wallSeconds: expect.any(Number)})
    expect(result?.mapping).toEqual(free?.mapping)
  })

  it('says what its latency leaves out', async () => {
    const {stdout} = await mapSingle([...on, '--mapping', given])
    expect(stdout).toContain('latencies of memories, the first loads and the launch are left out')
  })

  it('finds the frontier of time and energy, on which every mapping trades one for the other', async () => {
    const {result, stdout} = await mapSingle([...search, '--objective', 'frontier'])
    const frontier = result?.frontier ?? []
    expect(frontier.length).toBeGreaterThan(0)
    for (const [index, {latencySeconds, energyJoules}] of frontier.entries()) {
      const next = frontier[index + 1]
      if (next === undefined) continue
      expect(next.latencySeconds).toBeGreaterThan(latencySeconds)
      expect(next.energyJoules).toBeLessThan(energyJoules)
    }
    expect(stdout).toContain(`${frontier.length} mapping${frontier.length === 1 ? '' : 's'} on the frontier of time and energy`)
    expect(stdout).toContain('no other is on the frontier')
  })

  it('says which rule leaves nothing, with 4 as its exit code', async () => {
    const full = file('full.yaml', 'levels:\n  registers: {temporal: [M 8], keep: [inputs, outputs]}\n')
    const {stderr, exitCode} = await mapSingle([...search, '--strategy', full])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('INFEASIBLE')
    expect(stderr).toContain('registers')
    expect(stderr).toContain('Try')
  })

  it('keeps the best so far at Ctrl-C', async () => {
    const flags = ['--accelerator', 'eyeriss', '--problem', 'alexnet-conv2', '--workers', '1', '--budget', '100s']
    const timer = setTimeout(() => process.emit('SIGINT'), 1500)
    const {result, stdout, exitCode} = await mapSingle(flags)
    clearTimeout(timer)
    expect(exitCode).toBe(130)
    expect(result?.search).toMatchObject({isProved: false, wasInterrupted: true})
    expect(stdout).toContain('stopped by Ctrl-C')
  })

  it.each([
    [['--objective', 'time'], 'UNKNOWN_NAME', 3, '"time" is not a known objective'],
    [['--strategy', 'weight-stationery'], 'UNKNOWN_NAME', 3, 'did you mean weight-stationary'],
    [['--budget', 'much'], 'USAGE', 2, '--budget 1000000 or --budget 30s'],
    [['--budget', '5 GHz'], 'USAGE', 2, '--budget 1000000 or --budget 30s'],
    [['--workers', '0'], 'USAGE', 2, 'workers'],
    [['--mapping', given, '--strategy', 'row-stationary'], 'USAGE', 2, '--mapping and --strategy cannot be used together'],
    [['--mapping', given, '--budget', '10s'], 'USAGE', 2, '--mapping and --budget cannot be used together'],
    [['--write', path.join(folder, 'nowhere', 'm.yaml')], 'FILE_UNWRITABLE', 3, 'nowhere'],
    [['--write', folder], 'FILE_UNWRITABLE', 3, 'a folder stands where a file is needed'],
    [['--fail-above', 'latency=fast'], 'BAD_VALUE', 2, '--fail-above: "fast" is not a time\n'],
    [['--fail-above', 'bytes.bufer=1MB'], 'UNKNOWN_NAME', 3, 'did you mean bytes.buffer'],
    [['--fail-above', 'latency=1.05x:missing.json'], 'FILE_UNREADABLE', 3, 'missing.json'],
    [['--figure', 'map.gif'], 'FIGURE_FORMAT', 3, '.svg, .png, .pdf'],
    [['--unit', 'tensor'], 'SPEC_INVALID', 3, 'no unit tensor can be chosen'],
  ])('refuses %j', async (flags, code, exitCode, message) => {
    const outcome = await mapSingle([...on, ...flags])
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.stderr).toContain(code)
    expect(outcome.stderr).toContain(message)
    expect(existsSync('map.gif')).toBe(false)
  })

  it('maps what a full accelerator computes, and says which format is missing where none does', async () => {
    const flags = ['--accelerator', 'h100-sxm', '--problem', 'conv1d', '--workers', '1', '--budget', '1000']
    expect((await mapSingle([...flags, '--dtype', 'bf16'])).result?.accelerator).toBe('h100-sxm')
    expect((await mapSingle([...flags, '--dtype', 'int16'])).stderr).toContain('UNSUPPORTED_DTYPE')
  })
})

it('ridge eval of a file of levels says that ridge map reads it', async () => {
  const {stderr, exitCode} = await runCommand(Eval, ['--accelerator', levels, '--model', 'llama-3.1-8b'])
  expect(exitCode).toBe(3)
  expect(stderr).toContain('LEVELS_ALONE')
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('ridge map --accelerator FILE')
})

describe('ridge map --model', () => {
  const pass = ['--accelerator', 'h100-sxm', '--model', 'gpt2', '--prompt', '64']

  it('returns the record of eval --fidelity mapped', async () => {
    const mapped = await runCommand(MapProblem, [...pass, '--uncertainty', '20', '--json'])
    const evaluated = await runCommand(Eval, [...pass, '--uncertainty', '20', '--fidelity', 'mapped', '--json'])
    expect(mapped.exitCode).toBe(0)
    expect(JSON.parse(mapped.stdout)).toEqual(JSON.parse(evaluated.stdout))
    expect(JSON.parse(mapped.stdout)).toMatchObject({fidelity: 'mapped', workload: 'gpt2', phase: 'prefill'})
  })

  it('takes strategies, objectives and budgets as eval does', async () => {
    const choice = ['--uncertainty', '20', '--strategy', 'output-stationary', '--objective', 'energy']
    const mapped = await runCommand(MapProblem, [...pass, ...choice, '--budget', '800', '--json'])
    const evaluated = await runCommand(Eval, [...pass, ...choice, '--mapping-budget', '800', '--fidelity', 'mapped', '--json'])
    expect(JSON.parse(mapped.stdout)).toEqual(JSON.parse(evaluated.stdout))
  })

  it.each([
    {argv: [...pass, '--budget', '3s'], message: /within a number of mappings each/},
    {argv: [...pass, '--seed', '3'], message: /--seed/},
    {argv: ['--accelerator', 'h100-sxm'], message: /--model, --problem/},
    {argv: [...on, '--phase', 'prefill'], message: /--phase: --model|--phase/},
  ])('refuses $argv', async ({argv, message}) => {
    const {stdout, exitCode} = await runCommand(MapProblem, [...argv, '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout).error.message).toMatch(message)
  })
})
