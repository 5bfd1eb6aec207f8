import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {type Evaluation, evaluate} from '../../src/cost/evaluate.js'
import {type LimitCell, powerLimit, severalConstraints, whatLimits} from '../../src/study/what-limits.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {onlySpace, studyOf} from '../sweep/studies.js'

const [sms, bandwidths, clocks] = [
  [60, 132, 200],
  [2000, 5000],
  [1005, 1410, 1980],
] as const
const text = `title: t
spaces:
  - accelerator: h100-sxm
    set: {power.limit: 400 W}
    axes:
      sms: [${sms.join(', ')}]
      hbmBandwidth: [${bandwidths.map((each) => `${each} GB/s`).join(', ')}]
      clock: [${clocks.map((each) => `${each} MHz`).join(', ')}]
workloads:
  - {model: gpt2, phase: prefill, batch: 32, promptTokens: 1024}
constraints: [dieSquareMillimetres <= 900 mm^2, latencySeconds <= 40 ms]
objectives: [latency]
`
const total = ({counts}: LimitCell): number => counts.reduce((sum, {designCount}) => sum + designCount, 0)

/** What limits a design, from a plain evaluation of it. */
function limitOf(smCount: number, gigabytes: number, megahertz: number): string {
  const set = {'power.limit': '400 W', sms: String(smCount), hbmBandwidth: `${gigabytes} GB/s`}
  const accelerator = loadAccelerator('h100-sxm', {set})
  const pass = evaluate(accelerator, loadWorkload('gpt2', {phase: 'prefill', batch: 32, promptTokens: 1024}), {clockHertz: megahertz * 1e6})
  const area = accelerator.machine.dies[0]!.components.reduce((sum, part) => sum + part.componentCount * part.squareMillimetres, 0)
  const broken = [
    ...(area > 900 ? ['dieSquareMillimetres <= 900 mm^2'] : []),
    ...(pass.latencySeconds > 0.04 ? ['latencySeconds <= 40 ms'] : []),
  ]
  if (broken.length > 0) return broken.length === 1 ? broken[0]! : severalConstraints
  const followsClock = [...accelerator.machine.units, ...accelerator.machine.memories].some(
    ({name, clock}) => name === pass.boundBy && clock === 0,
  )
  return isThrottled(pass) && followsClock ? powerLimit : pass.boundBy
}
const isThrottled = ({throttled}: Evaluation): boolean => throttled

describe('what limits designs over two axes', () => {
  it('is what plain evaluations say of every design of each cell', () => {
    const study = studyOf(text)
    const seen = new Set<string>()
    for (const {xIndex, yIndex, counts} of whatLimits(onlySpace(study), study.constraints, ['sms', 'clock'], 100)) {
      const limits = bandwidths.map((gigabytes) => limitOf(sms[xIndex]!, gigabytes, clocks[yIndex]!))
      const expected = Object.fromEntries([...new Set(limits)].map((limit) => [limit, limits.filter((each) => each === limit).length]))
      expect(Object.fromEntries(counts.map(({limit, designCount}) => [limit, designCount]))).toEqual(expected)
      for (const limit of limits) seen.add(limit)
    }
    expect(seen.size).toBeGreaterThanOrEqual(3)
  })

  it('covers every cell once, with as many designs as asked for or as there are', () => {
    const study = studyOf(text)
    for (const mostDesigns of [1, 2, 1000]) {
      const cells = whatLimits(onlySpace(study), study.constraints, ['hbmBandwidth', 'sms'], mostDesigns)
      expect(cells.map(({xIndex, yIndex}) => `${xIndex} ${yIndex}`)).toEqual(['0 0', '1 0', '0 1', '1 1', '0 2', '1 2'])
      for (const cell of cells) expect(total(cell)).toBe(Math.min(mostDesigns, clocks.length))
    }
  })

  it('takes other designs in other cells where it can not take all', () => {
    const study = studyOf(text)
    const cells = whatLimits(onlySpace(study), [], ['hbmBandwidth', 'sms'], 1)
    expect(new Set(cells.flatMap(({counts}) => counts.map(({limit}) => limit))).size).toBeGreaterThan(1)
  })
})
