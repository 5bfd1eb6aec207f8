import type {KernelParameter} from './kernel-model.js'

/** What measurements of matrix products determine. */
export const gemmParameters = {
  launch: {
    unit: 'us',
    least: 0,
    most: 10,
    start: 3,
    ideal: 0,
    scope: 'device',
    meaning: 'from the end of one kernel to the start of the next on the device',
    source: 'graph replays of products too small for anything else',
  },
  hostLaunch: {
    unit: 'us',
    least: 0,
    most: 60,
    start: 20,
    ideal: 0,
    scope: 'device',
    meaning: 'host time to issue a product without weights; a lone kernel never ends before its host, and shows most of it',
    source: 'host-timed rows of NeuSight and Vidur',
  },
  fill: {
    unit: 'us',
    least: 0,
    most: 20,
    start: 0.5,
    ideal: 0,
    scope: 'generation',
    meaning: 'start and end of a wave of blocks at the nominal clock, which no other block hides',
    source: 'kernel-model study: prologue and epilogue of a thread block',
  },
  ramp: {
    unit: 'elements',
    least: 0,
    most: 2000,
    start: 190,
    ideal: 0,
    scope: 'generation',
    meaning: 'depth of a block in whose time its pipeline fills and drains',
    source: 'CUTLASS efficient GEMM: prologue of a multistage main loop',
  },
  peak: {
    unit: 'ratio',
    least: 0.1,
    most: 1,
    start: 0.88,
    ideal: 1,
    scope: 'generation',
    meaning: 'share of their peak rate that the units reach in the main loop',
    source: 'issue slots that a main loop leaves to its units',
  },
  portShare: {
    unit: 'ratio',
    least: 0.02,
    most: 1,
    start: 0.27,
    ideal: 1,
    scope: 'generation',
    meaning: 'share of the scratchpad’s bandwidth at which operands and results pass into and out of a core',
    source: 'port of a core to the L2, half of its scratchpad’s on an A100 (whitepaper)',
  },
  cacheRate: {
    unit: 'ratio',
    least: 0.05,
    most: 1,
    start: 0.6,
    ideal: 1,
    scope: 'generation',
    meaning: 'share of the described L2 bandwidth that all blocks draw together',
    source: 'Chips and Cheese, measured L2 bandwidths: about a half of the slices’ sum',
  },
  dramShare: {
    unit: 'ratio',
    least: 0.1,
    most: 1,
    start: 0.78,
    ideal: 1,
    scope: 'device',
    meaning: 'share of the main memory’s peak bandwidth',
    source: 'refresh, row misses and turnarounds of the memory',
  },
  split: {
    unit: 'us',
    least: 0,
    most: 60,
    start: 2.3,
    ideal: 0,
    scope: 'generation',
    meaning: 'start of the reduction that follows a split of the depth, at the nominal clock',
    source: 'a second kernel or semaphore of cuBLAS’s split-K',
  },
  cacheShare: {
    unit: 'ratio',
    least: 0.3,
    most: 1,
    start: 0.5,
    ideal: 1,
    scope: 'generation',
    meaning: 'share of the L2 that keeps operands from run to run',
    source: 'A100 whitepaper: partitions of the L2 each hold what their cores read',
  },
} as const satisfies Record<string, KernelParameter>

export type GemmParameter = keyof typeof gemmParameters

/** The place of each parameter in the column of values. */
export const gemmIndex = Object.fromEntries(Object.keys(gemmParameters).map((name, place) => [name, place])) as Readonly<
  Record<GemmParameter, number>
>
