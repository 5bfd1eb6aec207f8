import type {Dataflow} from '../dataflow.js'

/** Weights stay in the cells, inputs stream in from the left and sums leave at the bottom. */
export const weightStationary: Dataflow = {
  summary: 'weights stay in the cells, inputs stream in from the left and sums leave at the bottom',
  rows: 'k',
  columns: 'n',
}
