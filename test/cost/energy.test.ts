import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {compileEnergy} from '../../src/cost/energy.js'
import {type Evaluation, evaluate} from '../../src/cost/evaluate.js'
import {metricColumns} from '../../src/cost/metrics.js'
import {compileProgram} from '../../src/cost/program.js'
import {lanesNode, node, productNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const gigabyte = 1e9
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** The tiny machine with 100 pJ an element-operation, 40 W of clocking at 1 GHz and 1 V, and a regulator where one is given. */
const fullMachine = (power = '', text = tinyText) =>
  tinyMachine(
    {},
    text
      .replace(
        'energyPerOperation: {fp32: 1 pJ/op}}\n  tables',
        'energyPerOperation: {fp32: 1 pJ/op}, energyPerElement: 100 pJ/op}\n  tables',
      )
      .replace('staticVoltage: 1 V}', `staticVoltage: 1 V, clocking: 40 W${power}}`),
  )

/** A billion element-operations on one gigabyte: 1 ms at the memory's 1 TB/s. */
const elements = workloadOf(node({elementOperationCount: 1e9, reads: [{tensor: 'weights', bytes: gigabyte}]}))

describe('energy of elements', () => {
  it('is their number times the energy of one, at V²: half the voltage, a quarter', () => {
    // 10⁹ × 100 pJ.
    expect(evaluate(fullMachine(), elements).energyBySource['elements']).toBeCloseTo(0.1, 12)
    expect(evaluate(fullMachine(), elements, {clockHertz: 6e8}).energyBySource['elements']).toBeCloseTo(0.025, 12)
  })

  it('is none where no unit states it', () => {
    expect(evaluate(tinyMachine(), elements).energyBySource['elements']).toBe(0)
  })

  it('counts each run of an operator', () => {
    const often = workloadOf({...elements.operators[0]!, count: 7})
    expect(evaluate(fullMachine(), often).energyBySource['elements']).toBeCloseTo(0.7, 12)
  })
})

describe('clocking', () => {
  it('is its power over the time of kernels, with the clock and V²', () => {
    // 40 W for 1 ms; at 600 MHz and half the voltage 40 W × 0.6 / 4 for 1 ms, which the memory bounds.
    expect(evaluate(fullMachine(), elements).energyBySource['clocking']).toBeCloseTo(0.04, 12)
    expect(evaluate(fullMachine(), elements, {clockHertz: 6e8}).energyBySource['clocking']).toBeCloseTo(0.006, 12)
  })

  it('ends with the kernels where a pass waits for its host', () => {
    const {machine} = designBatch(fullMachine(), [], 1)
    const program = compileProgram(fullMachine(), machine, elements, 'roofline', 1)
    const out = metricColumns(1)
    const at = Float64Array.of(1e9)
    program.evaluate({coreHertz: at, limitWatts: Float64Array.of(1e3)}, out, 1)
    const kernelSeconds = Float64Array.of(1e-3)
    const energy = compileEnergy(machine, [program.operators[0]!.program], 1, kernelSeconds)
    energy.prepare(1)
    const [waited, watts] = [Float64Array.of(4e-3), new Float64Array(1)]
    energy.watts(at, waited, watts, 1)
    energy.split(at, waited, energy.leakage, out, 1)
    expect(out.clockingJoules[0]).toBeCloseTo(0.04, 12)
    expect(out.idleJoules[0]).toBeCloseTo(0.04, 12)
    expect(out.energyJoules[0]! / 4e-3).toBeCloseTo(watts[0]!, 12)
  })
})

describe('a regulator', () => {
  it('loses a share of what the core draws, and nothing of what idles, main memory and links take', () => {
    const whole = evaluate(fullMachine(), elements)
    const lossy = evaluate(fullMachine(', regulatorEfficiency: 0.8'), elements)
    const core = sum(['elements', 'buffer', 'clocking', 'static'].map((name) => whole.energyBySource[name]!))
    // What is passed on stays; a quarter of it is lost on the way: 1 / 0.8 − 1.
    expect(lossy.energyBySource['regulator']).toBeCloseTo(core / 4, 12)
    expect(lossy.energyJoules).toBeCloseTo(whole.energyJoules + core / 4, 12)
    for (const [name, joules] of Object.entries(whole.energyBySource))
      if (name !== 'regulator') expect(lossy.energyBySource[name]).toBeCloseTo(joules, 12)
    expect(whole.energyBySource['regulator']).toBe(0)
  })
})

describe('laws of energy', () => {
  const workloads = [elements, workloadOf(lanesNode(1e11, 1e9), productNode(512, 512, 512), elements.operators[0]!)]

  it('sources sum to the energy, operators to the pass, and power is energy over time, whatever the constants', () => {
    fc.assert(
      fc.property(
        fc.record({
          efficiency: fc.double({min: 0.5, max: 1, noNaN: true}),
          perElement: fc.integer({min: 0, max: 1000}),
          clocking: fc.integer({min: 0, max: 200}),
          megahertz: fc.integer({min: 200, max: 1000}),
        }),
        ({efficiency, perElement, clocking, megahertz}) => {
          const machine = tinyMachine({
            'lanes.energyPerElement': `${perElement} pJ/op`,
            'power.clocking': `${clocking} W`,
            'power.regulatorEfficiency': String(efficiency),
          })
          for (const workload of workloads) {
            const pass: Evaluation = evaluate(machine, workload, {clockHertz: megahertz * 1e6})
            expect(sum(Object.values(pass.energyBySource)) / pass.energyJoules).toBeCloseTo(1, 12)
            expect(sum(pass.operators.map((operator) => operator.energyJoules)) / pass.energyJoules).toBeCloseTo(1, 12)
            expect(pass.averageWatts * pass.latencySeconds).toBeCloseTo(pass.energyJoules, 12)
          }
        },
      ),
      {numRuns: 40},
    )
  })

  it('over another time, only what goes with time changes', () => {
    const {machine} = designBatch(fullMachine(', regulatorEfficiency: 0.8'), [], 1)
    const program = compileProgram(fullMachine(), machine, elements, 'roofline', 1)
    const out = metricColumns(1)
    program.evaluate({coreHertz: Float64Array.of(1e9), limitWatts: Float64Array.of(1e3)}, out, 1)
    const before = {
      ...out,
      energyJoules: out.energyJoules.slice(),
      idleJoules: out.idleJoules.slice(),
      elementJoules: out.elementJoules.slice(),
    }
    program.energyOver(Float64Array.of(2 * out.latencySeconds[0]!), out, 1)
    expect(out.elementJoules[0]).toBe(before.elementJoules[0])
    expect(out.idleJoules[0]).toBeCloseTo(2 * before.idleJoules[0]!, 12)
    // Idle 10 W, and 20 W static and 40 W clocking through the regulator, for another millisecond.
    expect(out.energyJoules[0]).toBeCloseTo(before.energyJoules[0]! + (10 + 60 / 0.8) * 1e-3, 12)
  })
})
