import {dataflowConstraints, type Strategy, unfit} from './strategy.js'

const name = 'row-stationary'

/**
 * Each instance of the innermost level slides a row of a filter along a row of inputs; rows of the filter are spread along y, where their
 * partial sums add up, and rows of results along x. Chen, Emer and Sze, "Eyeriss", ISCA 2016.
 */
export const rowStationary: Strategy = {
  summary: 'A row of a filter stays beside each multiply-adder, along which a row of inputs slides.',
  constraintsOf: (problem, hierarchy) =>
    dataflowConstraints(
      {
        name,
        stays: 'weights',
        spreads: ({of, windows}) => {
          const along = windows[0]?.moving
          const apart = of.weights.filter((dimension) => dimension !== windows[0]?.inside)
          return {x: [...of.outputs.filter((dimension) => dimension !== along)], y: apart}
        },
        inside: ({windows}) => {
          const row = windows[0]
          if (row === undefined)
            throw unfit({name}, `needs a window that slides over the inputs, as of a convolution; ${problem.name} has none`, [
              'choose weight-stationary, output-stationary or input-stationary',
            ])
          return [row.inside]
        },
        around: ({windows}) => windows.slice(0, 1).map(({moving}) => moving),
      },
      problem,
      hierarchy,
    ),
}
