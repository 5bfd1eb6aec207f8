import type {Dataflow} from '../dataflow.js'

/** Inputs stay in the cells, weights stream in from the left and sums leave at the bottom. */
export const inputStationary: Dataflow = {
  summary: 'inputs stay in the cells, weights stream in from the left and sums leave at the bottom',
  rows: 'k',
  columns: 'm',
}
