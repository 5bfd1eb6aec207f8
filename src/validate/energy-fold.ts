import {UserError} from '../foundation/user-error.js'
import {calibratePower, fewestWorkloads} from './calibrate-power.js'
import type {ConstantFit} from './folds.js'

/** Energies of an accelerator as the power of passes tells them; what the passes leave open stays as the file has it. */
export function fittedEnergies(fidelity?: string): ConstantFit {
  return (accelerator, rows) => {
    const {power} = calibratePower(accelerator, rows, fidelity)
    if (power === undefined) {
      throw new UserError(`the passes of the other models, ${rows.length} of ${accelerator.name}, tell none of its energies`, {
        code: 'NOTHING_TO_FIT',
        suggestions: [`leave --leave-one-model-out out, or measure ${fewestWorkloads} workloads of two models or more`],
      })
    }
    const determined = power.constants.filter(({isDetermined}) => isDetermined)
    const set = Object.fromEntries(determined.map(({path, value, unit}) => [path.join('.'), `${value} ${unit}`]))
    return {set, rowCount: power.fittedCount}
  }
}
