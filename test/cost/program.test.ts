import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {metricColumns, metricNames, staticMetrics} from '../../src/cost/metrics.js'
import {compileProgram} from '../../src/cost/program.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import type {Workload} from '../../src/workload/operator.js'
import {scalarRoofline} from '../support/scalar-roofline.js'

interface Design {
  readonly sms: number
  readonly bandwidthGigabytes: number
  readonly l2Mebibytes: number
  readonly clockHertz: number
  readonly limitWatts: number
}

const designs: fc.Arbitrary<Design> = fc.record({
  sms: fc.integer({min: 1, max: 400}),
  bandwidthGigabytes: fc.integer({min: 100, max: 9000}),
  l2Mebibytes: fc.integer({min: 1, max: 500}),
  clockHertz: fc.integer({min: 345, max: 1980}).map((megahertz) => megahertz * 1e6),
  limitWatts: fc.integer({min: 60, max: 900}),
})

const base = loadAccelerator('h100-sxm')
const bytes = 8
const workloads: readonly Workload[] = [
  loadWorkload('llama-3.1-8b', {phase: 'prefill', promptTokens: 512, tensorParallel: 2}),
  loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 8, contextTokens: 1000, dtype: 'fp8', fused: false}),
  loadWorkload('gpt2', {phase: 'train', batch: 2, promptTokens: 128}),
]

function columnsOf(rows: readonly Design[], workload: Workload, fidelity: 'roofline' | 'calibrated', rowCapacity = rows.length) {
  const {machine, parameterColumns, refill} = designBatch(base, ['sms', 'hbmBandwidth', 'l2'], rowCapacity)
  for (const [row, {sms, bandwidthGigabytes, l2Mebibytes}] of rows.entries()) {
    parameterColumns.get('sms')![row] = sms
    parameterColumns.get('hbmBandwidth')![row] = bandwidthGigabytes * 1e9 * bytes
    parameterColumns.get('l2')![row] = l2Mebibytes * 2 ** 20 * bytes
  }
  refill(rows.length)
  const program = compileProgram(base, machine, workload, fidelity, rowCapacity)
  const out = metricColumns(rowCapacity)
  const coreHertz = new Float64Array(rowCapacity)
  const limitWatts = new Float64Array(rowCapacity)
  for (const [row, design] of rows.entries()) {
    coreHertz[row] = design.clockHertz
    limitWatts[row] = design.limitWatts
  }
  program.evaluate({coreHertz, limitWatts}, out, rows.length)
  return {program, out}
}

function described({sms, bandwidthGigabytes, l2Mebibytes}: Design) {
  return loadAccelerator('h100-sxm', {set: {sms: String(sms), hbmBandwidth: `${bandwidthGigabytes} GB/s`, l2: `${l2Mebibytes} MiB`}})
}

/** Values around the one described, all different; counts stay whole. */
function spreadOut(name: string, value: number, row: number): number {
  return name === 'sms' ? value - row : value * (0.6 + 0.02 * row)
}

describe('a program over columns', () => {
  it.each(workloads)('says of $phase on random designs what the scalar reference says, metric by metric', (workload) => {
    fc.assert(
      fc.property(fc.array(designs, {minLength: 1, maxLength: 8}), (rows) => {
        const {out} = columnsOf(rows, workload, 'roofline')
        for (const [row, design] of rows.entries()) {
          const expected = scalarRoofline(described(design).machine, workload, design.clockHertz, design.limitWatts)
          // Where a limit binds, both end their search at some distance from the clock.
          const tolerance = expected.throttled === 1 ? 1e-6 : 1e-9
          for (const metric of metricNames) {
            const [actual, wanted] = [out[metric][row]!, expected[metric]]
            if (Math.abs(actual - wanted) > tolerance * Math.abs(wanted))
              expect({metric, row, value: actual}).toEqual({metric, row, value: wanted})
          }
        }
      }),
      {numRuns: 12},
    )
  })

  it.each(['roofline', 'calibrated'] as const)('gives each row of a batch what it gets alone, in %s', (fidelity) => {
    const workload = workloads[0]!
    const rows: Design[] = [
      {sms: 132, bandwidthGigabytes: 3352, l2Mebibytes: 50, clockHertz: 1.98e9, limitWatts: 700},
      {sms: 132, bandwidthGigabytes: 3352, l2Mebibytes: 50, clockHertz: 1.98e9, limitWatts: 250},
      {sms: 20, bandwidthGigabytes: 8000, l2Mebibytes: 400, clockHertz: 6e8, limitWatts: 300},
    ]
    const {out} = columnsOf(rows, workload, fidelity, 5)
    for (const [row, {clockHertz, limitWatts, ...design}] of rows.entries()) {
      const alone = evaluate(described({clockHertz, limitWatts, ...design}), workload, {clockHertz, powerLimitWatts: limitWatts, fidelity})
      for (const metric of ['latencySeconds', 'energyJoules', 'averageWatts', 'clockHertz'] as const)
        expect(out[metric][row]! / alone[metric]).toBeCloseTo(1, 12)
      expect(out.throttled[row]).toBe(alone.throttled ? 1 : 0)
    }
  })

  it.each([['hbmBandwidth', 'l2'], ['sms'], ['idleShare'], ['hbmCapacity']])(
    'shares what %s leaves as it is, to the last bit of what each row gets alone',
    (...names) => {
      const rowCount = 12
      for (const fidelity of ['roofline', 'calibrated'] as const) {
        const {machine, parameterColumns, refill} = designBatch(base, names, rowCount)
        for (const name of names) {
          const column = parameterColumns.get(name)!
          column.set(column.map((value, row) => spreadOut(name, value, row)))
        }
        refill(rowCount)
        const out = metricColumns(rowCount)
        const at = {coreHertz: new Float64Array(rowCount).fill(1.5e9), limitWatts: new Float64Array(rowCount).fill(1e9)}
        compileProgram(base, machine, workloads[0]!, fidelity, rowCount).evaluate(at, out, rowCount)
        const one = designBatch(base, names, 1)
        for (let row = 0; row < rowCount; row++) {
          for (const name of names) one.parameterColumns.get(name)![0] = parameterColumns.get(name)![row]!
          one.refill(1)
          const alone = metricColumns(1)
          compileProgram(base, one.machine, workloads[0]!, fidelity, 1).evaluate(at, alone, 1)
          for (const metric of metricNames) expect(out[metric][row], `${metric} of row ${row}`).toBe(alone[metric][0])
        }
      }
    },
  )

  it('compiles operators that ask the same once, and counts the runs of each', () => {
    const {program, out} = columnsOf(
      [{sms: 132, bandwidthGigabytes: 3352, l2Mebibytes: 50, clockHertz: 1e9, limitWatts: 900}],
      workloads[0]!,
      'roofline',
    )
    const norms = program.operators.filter(({node}) => node.class === 'layernorm')
    expect(norms.map(({node}) => node.name)).toEqual(['attention_norm', 'mlp_norm', 'final_norm'])
    const [attention, mlp, final] = norms.map(({program: {seconds}}) => seconds)
    expect([mlp === attention, final === attention]).toEqual([true, false])
    expect(norms.map(({program: {count}}) => count)).toEqual([32, 32, 1])
    const seconds = program.operators.reduce((sum, {program: {count, seconds: each}}) => sum + count * each[0]!, 0)
    expect(out.latencySeconds[0]! / seconds).toBeCloseTo(1, 12)
  })

  it('knows the static results before any pass is timed', () => {
    const rows = [50, 400].map(
      (l2Mebibytes): Design => ({sms: 100, bandwidthGigabytes: 3000, l2Mebibytes, clockHertz: 1e9, limitWatts: 700}),
    )
    const {program, out} = columnsOf(rows, workloads[0]!, 'roofline')
    const early = metricColumns(2)
    program.statics(early, 2)
    for (const metric of metricNames)
      expect(early[metric]).toEqual((staticMetrics as readonly string[]).includes(metric) ? out[metric] : new Float64Array(2))
    expect(early.dieSquareMillimetres[1]).toBeGreaterThan(early.dieSquareMillimetres[0]!)
  })

  it('leaves rows beyond the count alone', () => {
    const {out} = columnsOf(
      [{sms: 1, bandwidthGigabytes: 1, l2Mebibytes: 1, clockHertz: 1e9, limitWatts: 700}],
      workloads[0]!,
      'roofline',
      3,
    )
    for (const metric of metricNames) expect(out[metric].subarray(1)).toEqual(new Float64Array(2))
  })

  it('gives the same answer when its columns are used again', () => {
    const workload = workloads[1]!
    const {machine} = designBatch(base, [], 1)
    const program = compileProgram(base, machine, workload, 'roofline', 1)
    const [first, second] = [metricColumns(1), metricColumns(1)]
    const at = {coreHertz: Float64Array.of(1.98e9), limitWatts: Float64Array.of(300)}
    program.evaluate(at, first, 1)
    program.evaluate({coreHertz: Float64Array.of(1e9), limitWatts: Float64Array.of(700)}, second, 1)
    program.evaluate(at, second, 1)
    expect(second).toEqual(first)
  })
})
