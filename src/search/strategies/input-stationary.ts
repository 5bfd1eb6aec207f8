import {dataflowConstraints, type Strategy} from './strategy.js'

/** Each input is loaded once beside a multiply-adder, and all that it is multiplied by passes by. */
export const inputStationary: Strategy = {
  summary: 'Inputs stay beside the multiply-adders, which are spread over rows and channels of inputs.',
  constraintsOf: (problem, hierarchy) =>
    dataflowConstraints({name: 'input-stationary', stays: 'inputs', spreads: ({of}) => ({x: of.inputs, y: of.inputs})}, problem, hierarchy),
}
