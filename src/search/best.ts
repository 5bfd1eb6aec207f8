import type {EncodedNest} from '../mapping/encoded-nest.js'
import {type Aim, equalRatio, type Outcome, worsening} from './objectives.js'

/** A mapping and what it takes. */
export interface Candidate extends Outcome {
  readonly nest: EncodedNest
}

/** The best mappings so far: one, or for a frontier all of which no other is better in both time and energy, fastest first. */
export interface Best {
  readonly aim: Aim
  readonly candidates: Candidate[]
}

/** Whether nothing that takes at least so much can improve on the best. */
export function isBeaten({aim, candidates}: Best, latencySeconds: number, energyJoules: number): boolean {
  if (aim === 'frontier') {
    for (const each of candidates) {
      if (each.latencySeconds > latencySeconds * (1 + equalRatio)) return false
      if (each.energyJoules <= energyJoules * (1 + equalRatio)) return true
    }
    return false
  }
  const only = candidates[0]
  return only !== undefined && worsening(aim, latencySeconds, energyJoules, only.latencySeconds, only.energyJoules) >= 0
}

/** Takes a mapping in if it improves on the best; the nest is copied. */
export function offer(best: Best, latencySeconds: number, energyJoules: number, nest: EncodedNest): boolean {
  if (isBeaten(best, latencySeconds, energyJoules)) return false
  const candidate = {latencySeconds, energyJoules, nest: copied(nest)}
  const kept =
    best.aim === 'frontier'
      ? best.candidates.filter(
          (each) => each.latencySeconds < latencySeconds * (1 - equalRatio) || each.energyJoules < energyJoules * (1 - equalRatio),
        )
      : []
  best.candidates.splice(0, best.candidates.length, ...kept, candidate)
  if (kept.length > 0) best.candidates.sort((one, other) => one.latencySeconds - other.latencySeconds)
  return true
}

/** A copy that later changes leave alone. */
export function copied({counts, order, keeps}: EncodedNest): EncodedNest {
  return {counts: counts.slice(), order: order.slice(), keeps: keeps.slice()}
}
