import type {Dataflow} from '../dataflow.js'

/** Sums stay in the cells, inputs stream in from the left and weights from the top. */
export const outputStationary: Dataflow = {
  summary: 'sums stay in the cells, inputs stream in from the left and weights from the top',
  rows: 'm',
  columns: 'n',
}
