/** How another tool counts, where that differs from what hardware does. */
export interface Counting {
  readonly summary: string
  /** Places of a window along an axis of an input. */
  readonly windowCount: (extent: number, window: number, stride: number) => number
  /** The number of the first cycle: from 1, the number of the last one is how many there are. */
  readonly firstCycle: 0 | 1
}

/** Ways to count; a new one is a new line here. */
export const countings = {
  hardware: {
    summary: 'as hardware runs',
    windowCount: (extent, window, stride) => Math.floor((extent - window) / stride) + 1,
    firstCycle: 1,
  },
  'scale-sim-2': {
    summary: 'as SCALE-Sim 2: cycles from 0 on, and one window too many where strides do not end at the edge',
    windowCount: (extent, window, stride) => Math.ceil((extent - window + stride) / stride),
    firstCycle: 0,
  },
} satisfies Record<string, Counting>

export type CountingName = keyof typeof countings
export const countingNames = Object.keys(countings) as readonly CountingName[]
