import type {Column} from '../../accelerator/machine.js'

/** Fills the shares in [0, 1) of one dimension for `count` points from `first` on; a point is the same whatever is filled with it. */
export type ShareFill = (first: number, count: number, out: Column) => void
