import {option, string} from '@oclif/core/flags'
import {quantityFlag} from '../cli/quantity-flag.js'
import {samplesFlag} from '../cli/samples-flag.js'
import {fidelityNames} from '../cost/fidelity.js'

/** How a machine is run, changed and trusted: flags of every command that evaluates passes on one. */
export const machineFlags = {
  'memory-clock': quantityFlag('hertz', 'Clock of the main memory; the highest by default.'),
  'power-limit': quantityFlag('watts', 'Average power that the clock is lowered to hold.'),
  fidelity: option({description: 'How times are estimated; calibrated where there are measurements.', options: fidelityNames})(),
  set: string({description: 'A parameter, or a field by its path, in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
  uncertainty: samplesFlag('Samples for the bands that the ranges of the constants draw; 500 by default.'),
}
