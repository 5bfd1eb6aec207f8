import {string} from '@oclif/core/flags'

/** In place of the fidelity that a study names; which there are is known where they are looked up, so that help needs no cost model. */
export const fidelityFlag = string({
  description: 'How times are estimated, roofline, calibrated or mapped, in place of what the study says.',
  defaultHelp: async () => 'the study’s, or calibrated where there are measurements',
})
