import type {Optimizer} from './optimizer.js'
import {claimAny} from './sample.js'

/** Designs at random, none twice: what every other optimizer has to beat. */
export const random: Optimizer<never> = {
  summary: 'designs at random, none twice',
  options: {},
  *search(archive, draws) {
    while (claimAny(archive, draws)) if (archive.rowCount() % 512 === 0) yield
  },
}
