import {expect, it} from 'vitest'
import {palette} from '../../src/cli/colour.js'
import type {RobustDesign, StudyChoice} from '../../src/study/study-choice.js'
import {choiceText} from '../../src/view/choice-view.js'

const design = (sms: number, scoreValue: number): RobustDesign => ({
  accelerator: 'h100-sxm',
  design: {sms, l2: 48 * 2 ** 20},
  scoreValue,
  scoreUnit: '',
  workloads: [
    {resultValue: 0.06, unit: 's', regretRatio: scoreValue, settings: {dtype: 'fp8', batch: 1, clock: 1.38e9}},
    {resultValue: 0.004, unit: 's', regretRatio: 0, settings: {dtype: 'fp8', batch: 1, clock: sms * 1e7}},
  ],
  isOnFront: sms === 148,
  dieSquareMillimetres: 800,
  deviceDollars: 2300,
})

const choice = (designs: readonly RobustDesign[]): StudyChoice => ({
  study: 'small',
  by: 'regret',
  objective: {name: 'latencySeconds', goal: 'min', unit: 's'},
  fidelities: [{accelerator: 'machine', fidelity: 'calibrated'}],
  axes: [
    {name: 'sms', unit: ''},
    {name: 'l2', unit: 'B'},
    {name: 'clock', unit: 'Hz'},
  ],
  workloads: [
    {name: 'prefill', weightValue: 1, bestValue: 0.058, unit: 's'},
    {name: 'decode', weightValue: 1, bestValue: 0.004, unit: 's'},
  ],
  designCount: 9,
  servingCount: 3,
  frontCount: 1,
  designs,
})

it('numbers the designs beside their results and says once what all of them share', () => {
  const text = choiceText(choice([design(148, 0.037), design(132, 0.081)]), palette({}))
  expect(text.split('\n').slice(1, 14)).toEqual([
    '3 of 9 designs serve every workload; 1 is on the front across workloads',
    '',
    'design  regret         prefill  decode     area      cost',
    '1 *      3.7 %  60 ms (+3.7 %)    4 ms  800 mm²  2300 USD',
    '2        8.1 %  60 ms (+8.1 %)    4 ms  800 mm²  2300 USD',
    '',
    'all        h100-sxm, l2 48 MiB',
    '  prefill  dtype fp8, batch 1, clock 1.38 GHz',
    '  decode   dtype fp8, batch 1',
    '1          sms 148',
    '  decode   clock 1.48 GHz',
    '2          sms 132',
    '  decode   clock 1.32 GHz',
  ])
})

it('lists all of the only design', () => {
  const text = choiceText(choice([design(148, 0.037)]), palette({}))
  expect(text).toContain('\n1          h100-sxm, sms 148, l2 48 MiB\n  prefill  dtype fp8, batch 1, clock 1.38 GHz\n')
})
