import {type DimensionRoles, dataflowConstraints, type Strategy, unfit} from './strategy.js'

const name = 'row-stationary'

/**
 * Each instance of the innermost level keeps a row of weights and works off a row of inputs into a row of sums; rows of weights are spread
 * along y, where their sums add up, and rows of results along x. Chen, Emer and Sze, "Eyeriss", ISCA 2016.
 *
 * In a convolution a row of a filter slides along a row of inputs. A product is their fully connected layer, with a window as large as its
 * input, which slides nowhere: a row is as long a run of what is added up as one instance holds, worked off innermost; further runs are
 * spread along y; and just outside, the row of weights meets the next row of inputs.
 */
export const rowStationary: Strategy = {
  summary: 'A row of weights stays beside each multiply-adder, which works off a row of inputs; rows of weights add up along y.',
  constraintsOf: (problem, hierarchy) =>
    dataflowConstraints(
      {
        name,
        stays: 'weights',
        spreads: (roles) => {
          const row = roles.windows[0]
          if (row === undefined) return {x: roles.of.outputs, y: addedUp(roles)}
          return {x: roles.of.outputs.filter((each) => each !== row.moving), y: roles.of.weights.filter((each) => each !== row.inside)}
        },
        inside: ({windows}) => windows.slice(0, 1).map(({inside}) => inside),
        innermost: (roles) => {
          if (roles.windows.length > 0) return []
          const run = addedUp(roles)
          if (run.length > 0) return run
          throw unfit({name}, `needs rows of inputs and weights to add up; ${problem.name} adds up nothing`, [
            'choose weight-stationary, output-stationary or input-stationary',
          ])
        },
        around: ({windows}) => windows[0] && [windows[0].moving],
      },
      problem,
      hierarchy,
    ),
}

/** The dimensions along which inputs and weights meet and sums form. */
function addedUp({of}: DimensionRoles): number[] {
  return of.weights.filter((dimension) => of.inputs.includes(dimension) && !of.outputs.includes(dimension))
}
