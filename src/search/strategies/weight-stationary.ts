import {dataflowConstraints, type Strategy} from './strategy.js'

/** Each weight is loaded once beside a multiply-adder, and all that it multiplies passes by. */
export const weightStationary: Strategy = {
  summary: 'Weights stay beside the multiply-adders, which are spread over channels and filters.',
  constraintsOf: (problem, hierarchy) =>
    dataflowConstraints(
      {name: 'weight-stationary', stays: 'weights', spreads: ({of}) => ({x: of.weights, y: of.weights})},
      problem,
      hierarchy,
    ),
}
