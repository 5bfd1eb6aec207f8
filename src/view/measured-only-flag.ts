import {option} from '@oclif/core/flags'
import {measurables} from '../accelerator/refuse-estimates.js'

/** Kinds of constants of which no estimate is accepted. */
export const measuredOnlyFlag = option({
  description: 'Refuse a result that rests on estimates of these.',
  options: measurables,
  multiple: true,
  delimiter: ',',
})()
