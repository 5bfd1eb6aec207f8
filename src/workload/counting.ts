import type {CountingName} from '../spec/schemas/problem-shapes.js'

/** How a tool counts, where that can differ from what hardware does. */
export interface Counting {
  readonly summary: string
  /** Places of a window along an axis of an input. */
  readonly windowCount: (extent: number, window: number, stride: number) => number
  /** Convolutions are products of their unfolded windows, so that a tile may hold any of them. */
  readonly unfoldsWindows: boolean
  /** Of a run: how many there are, or the number of the last one. */
  readonly countedCycles: (cycles: number) => number
}

/** Ways to count; a new one is a new line here. */
export const countings = {
  hardware: {
    summary: 'as hardware runs',
    windowCount: (extent, window, stride) => Math.floor((extent - window) / stride) + 1,
    unfoldsWindows: false,
    countedCycles: (cycles) => cycles,
  },
  'scale-sim-2': {
    summary: 'as SCALE-Sim 2: convolutions unfolded, with a window too many where strides do not end at the edge, and cycles from 0 on',
    windowCount: (extent, window, stride) => Math.ceil((extent - window + stride) / stride),
    unfoldsWindows: true,
    countedCycles: (cycles) => cycles - 1,
  },
} satisfies Record<CountingName, Counting>
