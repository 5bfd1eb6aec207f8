import type {Hierarchy} from '#ridge/accelerator/hierarchy.js'
import {loadHierarchy, parseHierarchy} from '#ridge/accelerator/load-hierarchy.js'
import {hierarchyConstraints} from '#ridge/mapping/hierarchy-constraints.js'
import {findMapping} from '#ridge/search/find-mapping.js'
import type {Objective, Outcome} from '#ridge/search/objectives.js'
import {loadProblem, parseProblem} from '#ridge/workload/load-problem.js'
import type {Problem} from '#ridge/workload/problem.js'

/** The array of shared/cases/timeloop-mapper.json, whose mapper took 9.1 s for 40,000 valid mappings and found 2.618368 µJ. */
const array = `title: 16 multiply-adders
source: made
sources:
  made: {title: made for the comparison}
clock: 1 GHz
levels:
  DRAM: {kind: dram, capacity: unlimited, bandwidth: unlimited, energy: 64 pJ/B, multicast: true, reduction: true}
  GLB:
    kind: scratchpad
    capacity: 2048 B
    bandwidth: unlimited
    readEnergy: 4 pJ/B
    writeEnergy: 5 pJ/B
    fanout: {x: 16, y: 1}
    multicast: true
    reduction: true
  RF: {kind: register, capacity: 32 B, bandwidth: unlimited, readEnergy: 0.25 pJ/B, writeEnergy: 0.5 pJ/B}
arithmetic: {name: mac, energy: 1 pJ}
`
/** What Timeloop's mapper found, and in what time. */
const timeloop = {energyJoules: 2.618368e-6, wallSeconds: 9.144}

export interface SearchTiming {
  readonly name: string
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly isProved: boolean
  /** Mappings evaluated and partial ones bounded. */
  readonly perSecond: number
  readonly wallSeconds: number
  /** Until the last improvement. */
  readonly bestSeconds: number
  /** Until as good as what Timeloop's mapper found, and its own time for that. */
  readonly levelSeconds: number | undefined
  readonly timeloopSeconds: number | undefined
}

interface Search {
  readonly name: string
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly aim: readonly Objective[]
  readonly seconds: number
  readonly reference?: typeof timeloop
}

/** Searches on one core: a small product to its proof, a large one, one that no loops divide, and a convolution for some seconds. */
export async function searchTimings(): Promise<SearchTiming[]> {
  const product = (size: number, dtype: string) => parseProblem('product', `dtype: ${dtype}\ngemm: {m: ${size}, n: ${size}, k: ${size}}\n`)
  const small = {name: '64³ on 16 multiply-adders', problem: product(64, 'int8'), hierarchy: parseHierarchy('array', array)}
  const large = {name: '4096³ on h100-sxm', problem: product(4096, 'bf16'), hierarchy: loadHierarchy('h100-sxm', {dtype: 'bf16'})}
  const uneven = {
    name: '4097 × 4096² on systolic-edge, loops that overshoot',
    problem: parseProblem('uneven product', 'dtype: int8\ngemm: {m: 4097, n: 4096, k: 4096}\n'),
    hierarchy: loadHierarchy('systolic-edge', {dtype: 'int8'}),
  }
  const layer = loadProblem('vgg16-conv3-2')
  return [
    await timed({...small, aim: ['energy'], seconds: 60, reference: timeloop}),
    await timed({...large, aim: ['latency', 'energy'], seconds: 3}),
    await timed({...uneven, aim: ['latency', 'energy'], seconds: 3}),
    await timed({
      name: 'vgg16-conv3-2 on eyeriss',
      problem: layer,
      hierarchy: loadHierarchy('eyeriss', {dtype: layer.dtype}),
      aim: ['edp'],
      seconds: 6,
    }),
  ]
}

async function timed({name, problem, hierarchy, aim, seconds, reference}: Search): Promise<SearchTiming> {
  const start = performance.now()
  let last: Outcome | undefined
  let bestSeconds = 0
  let levelSeconds: number | undefined
  const result = await findMapping(problem, hierarchy, hierarchyConstraints(problem, hierarchy), {
    aim,
    budget: {seconds},
    onProgress: ({best}) => {
      const passedSeconds = (performance.now() - start) / 1000
      if (best?.energyJoules !== last?.energyJoules || best?.latencySeconds !== last?.latencySeconds) bestSeconds = passedSeconds
      if (best !== undefined && reference !== undefined && best.energyJoules <= reference.energyJoules) levelSeconds ??= passedSeconds
      last = best
    },
  })
  if (result.kind !== 'found') throw new Error(result.reason)
  const {latencySeconds, energyJoules, isProved, effort} = result
  const perSecond = (effort.evaluatedCount + effort.boundedCount) / effort.wallSeconds
  const {wallSeconds} = effort
  return {
    name,
    latencySeconds,
    energyJoules,
    isProved,
    perSecond,
    wallSeconds,
    bestSeconds,
    levelSeconds,
    timeloopSeconds: reference?.wallSeconds,
  }
}
