import {inputStationary} from './input-stationary.js'
import {outputStationary} from './output-stationary.js'
import {rowStationary} from './row-stationary.js'
import type {Strategy} from './strategy.js'
import {weightStationary} from './weight-stationary.js'

/** Dataflows by name; a new one is a file and a line here. */
export const strategies = {
  'weight-stationary': weightStationary,
  'output-stationary': outputStationary,
  'input-stationary': inputStationary,
  'row-stationary': rowStationary,
} satisfies Record<string, Strategy>

export type StrategyName = keyof typeof strategies

/** Names of the dataflows, as flags offer them. */
export const strategyNames = Object.keys(strategies) as readonly StrategyName[]
