import {type MeanErrors, meanOf, meanOfErrors} from './mean-errors.js'
import {type MethodResult, type SweepMethod, sweepMethods} from './sweep-methods.js'
import {type ClockChoice, slowdownRatios} from './sweep-score.js'
import {type PassBound, passBounds} from './sweeps.js'

/** Means of a method over sweeps that are bound alike, or over all of them where `bound` is null. */
export interface MethodMeans {
  readonly method: SweepMethod
  readonly bound: PassBound | null
  readonly sweepCount: number
  readonly errors: MeanErrors | null
  readonly shapeErrorRatio: number | null
  readonly onsetErrorHertz: number | null
  /** Sweeps that the error of the onset is a mean of. */
  readonly onsetCount: number
  readonly regrets: readonly MeanRegret[]
  /** Over all sweeps and bounds. */
  readonly meanRegret: Omit<MeanRegret, 'slowdownRatio'>
}

export interface MeanRegret {
  readonly slowdownRatio: number | null
  /** Over the choices that keep their bound; null where none does. */
  readonly regretRatio: number | null
  /** Choices that break their bound in the measurement, and by how much on average and at the most; of none, null and 0. */
  readonly brokenCount: number
  readonly meanExcessRatio: number | null
  readonly worstExcessRatio: number
}

interface BoundResults {
  readonly bound: PassBound
  readonly methods: readonly MethodResult[]
}

/** Means by method, over all sweeps and over those of each bound. */
export function methodMeans(sweeps: readonly BoundResults[]): MethodMeans[] {
  return [null, ...passBounds].flatMap((bound) =>
    sweepMethods.flatMap((method) => {
      const counted = sweeps.filter((sweep) => bound === null || sweep.bound === bound)
      const results = counted.flatMap(({methods}) => methods.filter((each) => each.method === method))
      return results.length === 0 ? [] : [meansOf(method, bound, results)]
    }),
  )
}

function meansOf(method: SweepMethod, bound: PassBound | null, results: readonly MethodResult[]): MethodMeans {
  const onsetErrorsHertz = results.flatMap(({onsetErrorHertz}) => onsetErrorHertz ?? [])
  return {
    method,
    bound,
    sweepCount: results.length,
    errors: meanOfErrors(results.flatMap(({errors}) => errors ?? [])),
    shapeErrorRatio: meanOf(results.flatMap(({shapeErrorRatio}) => shapeErrorRatio ?? [])),
    onsetErrorHertz: meanOf(onsetErrorsHertz),
    onsetCount: onsetErrorsHertz.length,
    regrets: slowdownRatios.map((slowdownRatio, index) => ({slowdownRatio, ...meanRegret(results.map(({choices}) => choices[index]!))})),
    meanRegret: meanRegret(results.flatMap(({choices}) => choices)),
  }
}

function meanRegret(choices: readonly ClockChoice[]): MethodMeans['meanRegret'] {
  const broken = choices.filter(({regretRatio}) => regretRatio === null)
  return {
    regretRatio: meanOf(choices.flatMap(({regretRatio}) => regretRatio ?? [])),
    brokenCount: broken.length,
    meanExcessRatio: meanOf(broken.map(({excessRatio}) => excessRatio)),
    worstExcessRatio: Math.max(...choices.map(({excessRatio}) => excessRatio)),
  }
}
