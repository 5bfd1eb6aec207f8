import {SpecError} from '../spec/spec-error.js'
import type {Accelerator, Constant} from './accelerator.js'

/** Kinds of constants that a result may be asked to take from measurements alone, and where they stand. */
const measurable = {
  voltage: /^\/clocks\/[^/]+\/(voltage|energyVoltage)(\/|$)|^\/power\/staticVoltage$/,
  energy: /^\/(units|memories|links)\/[^/]+\/\w*[eE]nergy|^\/clocks\/[^/]+\/energyExponent$|^\/power\/(idle\/|static$)/,
} as const

export type Measurable = keyof typeof measurable
export const measurables = Object.keys(measurable) as readonly Measurable[]

/** Refuses an accelerator if a constant of these kinds that acts is an estimate, and says which, where, and how it was estimated. */
export function refuseEstimates({source, constants}: Accelerator, kinds: readonly Measurable[], acts: (pointer: string) => boolean): void {
  const problems = kinds.flatMap((kind) => {
    const estimated = constants.filter(({pointer, estimate}) => estimate !== undefined && measurable[kind].test(pointer) && acts(pointer))
    return onePerEstimate(estimated).map(({pointer, estimate}) =>
      source.problem(pointer, `this ${kind} is an estimate, but only measured ones are asked for: ${estimate}`, [
        `write what was measured, with its source, or set it: --set ${pointer.slice(1).replaceAll('/', '.')}=VALUE`,
        `or accept estimates of ${kind}: leave it out of --measured-only`,
      ]),
    )
  })
  if (problems.length > 0) throw new SpecError(problems, 'ESTIMATE_REFUSED')
}

/** The points of a curve, and the figures of one fit, share one estimate. */
function onePerEstimate(constants: readonly Constant[]): readonly Constant[] {
  return [
    ...new Map(
      constants.toReversed().map((constant) => [`${constant.pointer.split('/', 4).join('/')} ${constant.estimate}`, constant]),
    ).values(),
  ].toReversed()
}
