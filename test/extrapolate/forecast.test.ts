import {describe, expect, it} from 'vitest'
import Extrapolate from '../../src/commands/extrapolate.js'
import type {RunForecast} from '../../src/extrapolate/forecast.js'
import {forecastOfTrace} from '../../src/extrapolate/forecast-trace.js'
import {refusal} from '../faults/refusal.js'
import {runCommand} from '../support/run-command.js'
import {temporaryTraces} from '../trace/temporary-trace.js'
import {autoregression, seededNormal} from './made-steps.js'

const write = temporaryTraces()

interface MadeState {
  readonly clock?: number
  readonly limit?: number
  readonly seconds: number
  readonly watts: number
}

/** Thirty steps of each state, with 1 % of correlated scatter and three slow first ones. */
function steps(states: readonly MadeState[], {count = 30, device = 'a100-pcie-40gb', name = 'steps.csv'} = {}): string {
  const normal = seededNormal(7)
  const rows = states.flatMap(({clock = '', limit = '', seconds, watts}) =>
    autoregression(normal, count, 0.3).map((value, step) => {
      const slow = 1 + (step < 3 ? 0.3 : 0)
      return [device, 'train_step', 'toy', seconds * slow * (1 + 0.01 * value) * 1e6, watts * (1 + 0.01 * normal()), clock, limit].join(',')
    }),
  )
  return write(name, `device,op,model,latency_us,power_w,clock_mhz,power_limit_w\n${rows.join('\n')}\n`)
}

// Two clocks of opt-1.3b, prefill of 2 × 2048 tokens, measured on an A100 PCIe (EnergAIzer): 363 ms and 139 W at 690 MHz lie between.
const twoClocks: readonly MadeState[] = [
  {clock: 510, seconds: 0.4505, watts: 121.3},
  {clock: 960, seconds: 0.2789, watts: 168},
]

describe('forecastOfTrace', () => {
  it('multiplies the steady step by the steps of the run, and adds the warm-up once', async () => {
    const file = steps([{seconds: 2, watts: 100}])
    const {states, measured, over} = await forecastOfTrace(file, undefined, {stepCount: 10_000})
    const [run] = states
    expect(over).toBeNull()
    expect(measured[0]!.warmUpCount).toBe(3)
    expect(run!.latencySeconds / 20_000).toBeCloseTo(1, 2)
    expect(run!.energyJoules / 2e6).toBeCloseTo(1, 2)
    expect(run!.leastSeconds).toBeLessThan(run!.latencySeconds)
    expect(run!.mostJoules).toBeGreaterThan(run!.energyJoules)
  })

  it('predicts every clock from two, throttled ones included, with wider intervals than the measured have', async () => {
    const {states, choices} = await forecastOfTrace(steps(twoClocks), undefined, {stepCount: 1000, slowdownRatio: 0.1})
    const at = (clockHertz: number) => states.find((state) => state.clockHertz === clockHertz)!
    expect(states).toHaveLength(81)
    // Measured by others than these steps: 361 ms and 138.8 W at 690 MHz, 237 ms and 241 W at 1410 MHz.
    expect(at(690e6).latencySeconds / 361).toBeCloseTo(1, 1)
    expect(at(1410e6).throttled).toBe(true)
    expect(at(1410e6).averageWatts).toBeCloseTo(241.25, 0)
    expect(at(1410e6).latencySeconds / 237).toBeCloseTo(1, 1)
    const width = ({leastJoules, mostJoules, energyJoules}: (typeof states)[number]): number => (mostJoules - leastJoules) / energyJoules
    expect(width(at(690e6))).toBeGreaterThan(width(at(510e6)))
    expect(choices.map(({name}) => name)).toEqual(['fastest', 'leastEnergy', 'cheapestInTime'])
    expect(choices[1]!.clockHertz).toBe(1020e6)
    expect(choices[2]!.slowdownRatio).toBeLessThanOrEqual(0.1)
  })

  it('calls measured steps throttled that draw what their limit holds, and those of an unknown device neither', async () => {
    const clocks: readonly MadeState[] = [...twoClocks, {clock: 1410, seconds: 0.237, watts: 241}]
    const measured = async (device: string): Promise<RunForecast[]> =>
      (await forecastOfTrace(steps(clocks, {device}), undefined, {stepCount: 1000})).states.filter(({basis}) => basis === 'measured')
    expect((await measured('a100-pcie-40gb')).map(({throttled}) => throttled)).toEqual([false, false, true])
    expect((await measured('lab-board')).map(({throttled}) => throttled)).toEqual([null, null, null])
  })

  it('calls measured steps under power limits throttled by their own limit, and leaves open what the law does not tell', async () => {
    const limits: readonly MadeState[] = [
      {limit: 250, seconds: 1, watts: 200},
      {limit: 175, seconds: 1.1, watts: 172},
    ]
    const {states} = await forecastOfTrace(steps(limits, {device: 'v100-pcie-32gb'}), undefined, {stepCount: 1000})
    const at = (limitWatts: number) => states.find(({powerLimitWatts}) => powerLimitWatts === limitWatts)!
    expect([at(250), at(225), at(175), at(100)].map(({throttled}) => throttled)).toEqual([false, null, true, null])
  })

  describe('at two clocks, the higher of which waits for its host', () => {
    // bert-large, prefill of 8 × 128 tokens in eager bf16, measured on an A100 PCIe (EnergAIzer): from 870 MHz on 13.9 to 14.2 ms, or 17.5.
    const bert = (model: string, file: string, clocks: readonly MadeState[]): string => {
      const rows = clocks.flatMap(({clock, seconds, watts}) =>
        Array.from({length: 12}, (_, step) =>
          ['a100-pcie-40gb', 'forward_prefill', model, 'bf16', 8, 128, seconds * (1e6 + (step % 3) * 1e3), watts, clock].join(','),
        ),
      )
      return write(file, `device,op,model,dtype,batch,seq_q,latency_us,power_w,clock_mhz\n${rows.join('\n')}\n`)
    }
    const clocks = [
      {clock: 510, seconds: 22.55e-3, watts: 89},
      {clock: 960, seconds: 14.06e-3, watts: 111.9},
    ]
    const middle = {clock: 690, seconds: 17.47e-3, watts: 97.7}
    const highest = {clock: 1230, seconds: 14.11e-3, watts: 142}
    const at = (states: readonly RunForecast[], clockHertz: number) => states.find((state) => state.clockHertz === clockHertz)!

    it('takes no step for faster than the host where the graph of its model tells, says so, and allows for a slower run of the host', async () => {
      const {host, graphlessReason, states} = await forecastOfTrace(bert('bert-large', 'graph.csv', clocks), undefined, {stepCount: 1000})
      expect(host!.waitingHertz).toEqual([960e6])
      expect(graphlessReason).toBeNull()
      expect(at(states, 1410e6).latencySeconds / 14.2).toBeCloseTo(1, 1)
      expect(at(states, 1410e6).averageWatts / 193.6).toBeCloseTo(1, 1)
      expect(at(states, 1140e6).mostSeconds).toBeGreaterThan(17.5)
      const width = ({leastSeconds, mostSeconds}: RunForecast): number => mostSeconds / leastSeconds
      expect(width(at(states, 1200e6))).toBeGreaterThan(width(at(states, 600e6)))
    })

    it('can’t tell without a graph, and says why', async () => {
      const {host, graphlessReason, states} = await forecastOfTrace(bert('toy', 'toy.csv', clocks), undefined, {stepCount: 1000})
      expect(host).toBeNull()
      expect(graphlessReason).toContain('"toy" is not a shipped model')
      expect(at(states, 1410e6).latencySeconds).toBeLessThan(12)
    })

    it('tells without a graph from a third clock', async () => {
      const file = bert('toy', 'three.csv', [clocks[0]!, middle, highest])
      const {host, states} = await forecastOfTrace(file, undefined, {stepCount: 1000})
      expect(host!.waitingHertz).toEqual([1230e6])
      expect(at(states, 1410e6).latencySeconds / 14.2).toBeCloseTo(1, 1)
    })

    it.each([
      ['bert-large', 'waits for its host at 960 MHz: no clock takes a step below 14.1 ms'],
      ['toy', 'no graph tells of its host ("toy" is not a shipped model); a third clock may tell whether it waits for its host'],
    ])('tells a person of it (%s)', async (model, text) => {
      const {stdout} = await runCommand(Extrapolate, ['--trace', bert(model, `${model}.csv`, clocks), '--steps', '1000'])
      expect(stdout).toContain(text)
    })
  })

  it('predicts lower power limits from the two highest', async () => {
    const file = steps(
      [
        {limit: 250, seconds: 1, watts: 226},
        {limit: 225, seconds: 1.0245, watts: 210},
      ],
      {device: 'v100-pcie-32gb'},
    )
    const {states, over} = await forecastOfTrace(file, undefined, {stepCount: 1000})
    expect(over).toBe('powerLimit')
    expect(states.map(({powerLimitWatts}) => powerLimitWatts)).toEqual([100, 125, 150, 175, 200, 225, 250])
    // BERT on SQuAD took 1.89 times as long under 100 W (Zeus).
    expect(states[0]!.leastSeconds).toBeLessThan(1890)
    expect(states[0]!.mostSeconds).toBeGreaterThan(1890)
  })

  it('forecasts only the measured states of a device without a description', async () => {
    const {states, accelerator} = await forecastOfTrace(steps(twoClocks, {device: 'lab-board'}), undefined, {stepCount: 1000})
    expect(accelerator).toBeNull()
    expect(states.map(({basis}) => basis)).toEqual(['measured', 'measured'])
  })

  it('gives wider intervals for more confidence', async () => {
    const file = steps([{seconds: 2, watts: 100}])
    const width = async (confidenceRatio: number): Promise<number> => {
      const {states} = await forecastOfTrace(file, undefined, {stepCount: 100, confidenceRatio})
      return states[0]!.mostSeconds - states[0]!.leastSeconds
    }
    expect(await width(0.99)).toBeGreaterThan(await width(0.9))
  })

  it.each([
    ['too few steps', steps(twoClocks, {count: 5, name: 'few.csv'}), {}, 'TOO_FEW_STEPS', 'few.csv:2\n  there are 5 steps at 510 MHz'],
    [
      'a bound on one state',
      steps([{seconds: 1, watts: 100}], {name: 'one.csv'}),
      {slowdownRatio: 0.1},
      'TOO_FEW_STATES',
      'nothing to choose from',
    ],
    [
      'a run that no state ends in time',
      steps(twoClocks, {name: 'late.csv'}),
      {deadlineSeconds: 1},
      'DEADLINE_UNMET',
      'no state ends the run in 1 s',
    ],
    ['a confidence of 100 %', steps(twoClocks, {name: 'all.csv'}), {confidenceRatio: 1}, 'CONFIDENCE_INVALID', '100 %'],
    [
      'clocks and limits that both differ',
      steps(
        [
          {clock: 510, limit: 250, seconds: 1, watts: 100},
          {clock: 960, limit: 200, seconds: 1, watts: 100},
        ],
        {name: 'both.csv'},
      ),
      {},
      'STATES_MIXED',
      'both the clock and the power limit',
    ],
    [
      'a clock that the accelerator does not have',
      steps(
        [
          {clock: 510, seconds: 1, watts: 90},
          {clock: 1800, seconds: 1, watts: 100},
        ],
        {name: 'high.csv'},
      ),
      {},
      'CLOCK_OUT_OF_RANGE',
      '1800 MHz',
    ],
    [
      'steps that a higher clock slows',
      steps(
        [
          {clock: 510, seconds: 0.2789, watts: 168},
          {clock: 960, seconds: 0.4505, watts: 121.3},
        ],
        {name: 'swapped.csv'},
      ),
      {},
      'CLOCKS_CONTRADICT',
      'no clock slows steps as it rises',
    ],
  ] as const)('refuses %s', async (_, file, options, code, text) => {
    const outcome = forecastOfTrace(file, undefined, {stepCount: 1000, ...options})
    await expect(outcome).rejects.toMatchObject({code})
    await expect(outcome).rejects.toThrow(text)
  })

  it.each([
    [
      'a step without power',
      'a,train_step,1000,,510',
      'POWER_MISSING',
      /steps.csv:9:1 row\n {2}this step states neither power_w nor energy_j/,
    ],
    ['a step of another kind', 'a,prefill,1000,100,510', 'STEPS_MIXED', /steps.csv:9:1 row\n {2}this row is of other work/],
    ['a time that is no number', 'a,train_step,NaN,100,510', 'TRACE_INVALID', /steps.csv:9/],
  ])('refuses %s, and tells its line', async (_, bad, code, text) => {
    const good = Array.from({length: 7}, () => 'a,train_step,1000,100,510')
    const file = write('steps.csv', `device,op,latency_us,power_w,clock_mhz\n${[...good, bad].join('\n')}\n`)
    const outcome = forecastOfTrace(file, undefined, {stepCount: 10})
    await expect(outcome).rejects.toMatchObject({code})
    await expect(outcome).rejects.toThrow(text)
  })
})

describe('ridge extrapolate', () => {
  it('prints the run at every clock and what to choose', async () => {
    const {stdout, exitCode} = await runCommand(Extrapolate, ['--trace', steps(twoClocks), '--steps', '100000', '--slowdown', '10%'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('toy on a100-pcie-40gb · 100,000 steps · intervals hold in 95 % of cases')
    expect(stdout).toMatch(/cheapest in time +\d+ MHz/)
    expect(stdout).toContain('clocks not shown; add --all')
  })

  it.each([
    [['--epochs', '3', '--steps-per-epoch', '500'], 1500],
    [['--tokens', '1000000', '--tokens-per-step', '2048'], 489],
  ])('counts the steps of %j', async (argv, stepCount) => {
    const {result} = await runCommand(Extrapolate, ['--trace', steps(twoClocks), ...argv])
    expect(result?.stepCount).toBe(stepCount)
  })

  it.each([
    ['--steps', '100', '--steps-per-epoch', '3'],
    ['--steps', '100', '--tokens-per-step', '3'],
    ['--tokens', '100', '--tokens-per-step', '3', '--steps-per-epoch', '3'],
  ])('refuses lengths that would not count: %s %s %s %s', async (...argv) => {
    expect(await refusal(Extrapolate, '--trace', steps(twoClocks), ...argv)).toMatchObject({code: 'USAGE', exitCode: 2})
  })
})
