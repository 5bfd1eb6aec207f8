import {dataflowConstraints, type Strategy} from './strategy.js'

/** Each result is added up in one place, and all that goes into it passes by. */
export const outputStationary: Strategy = {
  summary: 'Results stay beside the multiply-adders, which are spread over rows and columns of results.',
  constraintsOf: (problem, hierarchy) =>
    dataflowConstraints(
      {name: 'output-stationary', stays: 'outputs', spreads: ({of}) => ({x: of.outputs, y: of.outputs})},
      problem,
      hierarchy,
    ),
}
