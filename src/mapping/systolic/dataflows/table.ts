import type {Dataflow} from '../dataflow.js'
import {inputStationary} from './input-stationary.js'
import {outputStationary} from './output-stationary.js'
import {weightStationary} from './weight-stationary.js'

/** What a systolic array can hold still. */
export const dataflows = {
  'output-stationary': outputStationary,
  'weight-stationary': weightStationary,
  'input-stationary': inputStationary,
} satisfies Record<string, Dataflow>

export type DataflowName = keyof typeof dataflows
export const dataflowNames = Object.keys(dataflows) as readonly DataflowName[]
