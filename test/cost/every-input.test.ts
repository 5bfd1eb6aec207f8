import {describe, expect, it} from 'vitest'
import type {Accelerator} from '../../src/accelerator/accelerator.js'
import {clockStates} from '../../src/accelerator/clock.js'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {type EvaluateOptions, evaluate} from '../../src/cost/evaluate.js'
import {dtypeBytes} from '../../src/foundation/dtype.js'
import {UserError} from '../../src/foundation/user-error.js'
import type {OperatorNode, Workload} from '../../src/workload/operator.js'
import {forwardNode} from '../../src/workload/operators/table.js'
import {node, productNode, workloadOf} from '../support/tiny-machine.js'

type Tree = Record<string, unknown>

/** Why a number may change no time, energy, power, area or cost of any of the evaluations below. */
const reasons: readonly (readonly [pointer: RegExp, reason: string, of?: readonly string[]])[] = [
  [/^\/clocks\/(?!core\/)\w+\/(minimum|nominal|maximum)$/, 'with a single state they may only move together; a check holds them in order'],
  [/^\/clocks\/(?!core\/)\w+\/step$/, 'a domain other than the core runs at its maximum; its step is only shown'],
  [/^\/clocks\/(?!core\/)\w+\/voltage\/(knee|slope)$/, 'a domain that runs at its knee has the voltage of its floor'],
  [
    /^\/clocks\/(?!core\/)\w+\/(energyExponent|energyVoltage|voltage\/floor)$/,
    'at the voltage of its energies, or with no energy, a domain scales by 1',
  ],
  [/^\/clocks\/core\/step$/, 'it tells the states of a sweep over clocks apart; a limit is held between them'],
  [/^\/clocks\/core\/nominal$/, 'no level states a rate per second in the core domain; it has to lie in the range of the clock'],
  [/^\/power\/response$/, 'it acts on runs that are soon over, which a pass is not'],
  [/^\/clocks\/core\/base$/, 'it acts on kernels that a host launches alone, which those of a pass are not'],
  [/^\/power\/staticVoltage$/, 'the static power is zero'],
  [/^\/host\/launch$/, 'it acts on passes that a host queues, which those below are not', ['h100-sxm']],
  [/^\/parameters\/idleShare$/, 'it acts on designs with another number of cores'],
  [/^\/power\/idle\/11\/clock$/, 'the point before it has the same power, so that the curve is flat on both sides', ['h100-sxm']],
  [
    /^\/clocks\/core\/voltage\/0\/clock$/,
    'the point after it has the same voltage, so that the curve is flat on both sides',
    ['a100-sxm-80gb'],
  ],
  [/^\/power\/limit$/, 'no pass below draws as much', ['eyeriss', 'systolic-edge']],
]

/**
 * An accelerator as one plain description that stands on its own, so that any number in it can be changed; one that was
 * belongs to no measured generation borrows one, since latencies act in calibrated times only.
 */
function described(name: string): Tree {
  const {extends: _, ...data} = loadAccelerator(name).source.data as Tree
  return {...data, generation: data['generation'] ?? 'hopper'}
}

/** Zeros become a hundredth, since no factor moves them. */
function nudged(data: Tree, pointer: string, factor: number): Tree {
  const copy = structuredClone(data)
  const keys = pointer.split('/').slice(1)
  const last = keys.pop()!
  const holder = keys.reduce<Tree>((at, key) => at[key] as Tree, copy)
  const raw = holder[last]
  const text = String(typeof raw === 'object' && raw !== null ? (raw as Tree)['value'] : raw)
  const changed = /^0(\.0*)?( |$)/.test(text) ? text.replace(/^0(\.0*)?/, '0.01') : `(${text}) * ${factor}`
  holder[last] = typeof raw === 'object' && raw !== null ? {...raw, value: changed} : changed
  return copy
}

/**
 * Work in every format of every unit, through every level and link: large and small, so that each
 * number has something to act on; reads alone, which hardly any power limit slows; and a product alone.
 */
function everything(accelerator: Accelerator): Workload[] {
  const {machine} = accelerator
  const units = machine.units.flatMap((unit) =>
    (Object.keys(unit.operationsPerCycle) as OperatorNode['dtype'][]).flatMap((dtype) => {
      const work = {unit: unit.kind, dtype, operationCount: 1e9} as const
      if (unit.kind !== 'matrix') return [node({work: [work], reads: [{tensor: 'activations', bytes: 10}]})]
      return [product(8184, 8184, 8184, dtype, {}), product(5, 3, 7, dtype, {})]
    }),
  )
  const format = Object.keys(machine.units[0]!.operationsPerCycle)[0] as OperatorNode['dtype']
  const stored = machine.units[0]!.operationsPerCycle.bf16 === undefined ? format : 'bf16'
  const sizes = {batch: 2, heads: 32, kvHeads: 8, headDim: 128, queryTokens: 512, kvTokens: 512, window: 0, causal: true} as const
  const kernels = [
    forwardNode({kind: 'attention', options: {...sizes, dtype: stored, writesKvCache: true}}),
    forwardNode({kind: 'softmax', options: {m: 4096, n: 8192, dtype: stored}}),
    forwardNode({kind: 'layernorm', options: {m: 4096, n: 8192, dtype: stored}}),
    forwardNode({kind: 'elementwise', options: {function: 'swiglu', m: 4096, n: 8192, dtype: stored}}),
    forwardNode({kind: 'embedding', options: {tokens: 64, hidden: 4096, dtype: stored}}),
  ].filter((kernel) => runs(accelerator, kernel))
  const links = machine.links.map(({maximumRankCount}) =>
    node({wire: {collective: 'allreduce', bytes: 1e7, rankCount: maximumRankCount}}, {class: 'allreduce'}),
  )
  const reads = node({reads: [{tensor: 'activations', bytes: 1e9}]}, {count: 3})
  const writes = node({writes: [{tensor: 'activations', bytes: 1e9}]})
  return [workloadOf(...units, reads, writes, ...kernels, ...links), workloadOf(reads), workloadOf(product(8184, 8184, 8184, format, {}))]
}

/** Whether a machine has the units that a kernel needs. */
function runs(accelerator: Accelerator, kernel: OperatorNode): boolean {
  try {
    evaluate(accelerator, workloadOf(kernel))
    return true
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

function product(m: number, n: number, k: number, dtype: OperatorNode['dtype'], over: Partial<Omit<OperatorNode, 'demand'>>): OperatorNode {
  const {demand, ...rest} = productNode(m, n, k, over)
  const contractions = demand.contractions.map((each) => ({...each, dtype, operandBytes: dtypeBytes(dtype)}))
  return {...rest, dtype, demand: {...demand, contractions}}
}

/** Every number and every refusal that a handful of evaluations give; what is merely repeated from the file is not among them. */
function* results(data: Tree, workloads: readonly Workload[], settings: readonly EvaluateOptions[]): Generator<string> {
  const accelerator = parseAccelerator('nudged', JSON.stringify(data))
  for (const [options, workload] of settings.flatMap((each) => workloads.map((work) => [each, work] as const))) {
    try {
      const {
        settings: _,
        powerLimitWatts: __,
        heldWatts: ___,
        memoryClockHertz: ____,
        ...evaluation
      } = evaluate(accelerator, workload, options)
      yield JSON.stringify(evaluation, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(10)) : value))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      yield error.code
    }
  }
}

/** Clocks at the points of the curves and between them, limits that bite, the ends of what can be set, both fidelities that know no mappings. */
function settingsFor({machine}: Accelerator): EvaluateOptions[] {
  const core = machine.clocks[0]!
  const points = [...machine.power.idle.clockHertz, ...(core.voltage.kind === 'table' ? core.voltage.clockHertz : [])]
  const between = points.flatMap((hertz) => [hertz * 0.99, hertz, hertz * 1.01])
  const clocks = [core.minimumHertz, core.maximumHertz, core.maximumHertz * 0.9, ...between].filter(
    (hertz) => hertz >= core.minimumHertz && hertz <= core.maximumHertz,
  )
  const {minimumLimitWatts, maximumLimitWatts, limitWatts} = machine.power
  return [
    {},
    {fidelity: 'roofline'},
    ...clocks.map((clockHertz) => ({clockHertz, powerLimitWatts: maximumLimitWatts, fidelity: 'roofline'})),
    ...[minimumLimitWatts, (minimumLimitWatts + limitWatts) / 2, limitWatts * 0.9, maximumLimitWatts, maximumLimitWatts * 1.001].map(
      (powerLimitWatts) => ({
        powerLimitWatts: Math.max(powerLimitWatts, minimumLimitWatts),
      }),
    ),
  ]
}

/** What only mappings know. */
const ofMappings = /^\/memories\/\w+\/mapping\/|^\/units\/\w+\/(arithmeticEnergy|systolic)\//
const mappedSettings: readonly EvaluateOptions[] = [{fidelity: 'mapped', mapping: {evaluationCount: 8000, objectives: ['energy']}}]

describe.each(['h100-sxm', 'a100-sxm-80gb', 'eyeriss', 'systolic-edge', 'chiplet-npu'])('every number of %s', (name) => {
  const data = described(name)
  const base = parseAccelerator('nudged', JSON.stringify(data))
  const workloads = everything(base)
  const settings = settingsFor(base)
  const before = [...results(data, workloads, settings)]
  const format = Object.keys(base.machine.units[0]!.operationsPerCycle)[0] as OperatorNode['dtype']
  const mapped = [workloadOf(product(384, 512, 256, format, {}))]
  const mappedBefore = [...results(data, mapped, mappedSettings)]
  const parameters = base.parameters.ordered.map((parameter) => `/parameters/${parameter.name}`)
  const pointers = [...parameters, ...base.constants.map(({pointer}) => pointer)]

  /** Small changes too, since points of a curve have to stay in order; twice and half, since counts have to stay whole. */
  const acts = (pointer: string): boolean =>
    [1.07, 1.003, 0.997, 0.93, 2, 0.5].some((factor) => {
      try {
        const nudge = nudged(data, pointer, factor)
        const [after, known] = ofMappings.test(pointer)
          ? [results(nudge, mapped, mappedSettings), mappedBefore]
          : [results(nudge, workloads, settings), before]
        let index = 0
        for (const result of after) if (result !== known[index++]) return true
        return false
      } catch (error) {
        if (error instanceof UserError) return false
        throw error
      }
    })

  it('evaluates somewhere before anything is changed', () => {
    expect(before.filter((result) => result.startsWith('{')).length).toBeGreaterThan(settings.length / 2)
    expect(pointers.length).toBeGreaterThan(20)
    expect(clockStates(base.machine.clocks[0]!).length).toBeGreaterThan(0)
  })

  it('changes some result, or stands in the table of reasons', () => {
    const without = pointers.filter((pointer) => !acts(pointer))
    expect(without.filter((pointer) => !reasons.some(([pattern, , of]) => pattern.test(pointer) && of?.includes(name) !== false))).toEqual(
      [],
    )
  })
})
