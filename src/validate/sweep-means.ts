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
  /** Mean over all bounds. */
  readonly meanRegretRatio: number
}

export interface MeanRegret {
  readonly slowdownRatio: number | null
  readonly regretRatio: number
  /** Sweeps whose chosen clock breaks the bound in the measurement, and by how much at the most. */
  readonly brokenCount: number
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
  const regrets = slowdownRatios.map((slowdownRatio, index) =>
    meanRegret(
      slowdownRatio,
      results.map((each) => each.choices[index]!),
    ),
  )
  const onsetErrorsHertz = results.flatMap(({onsetErrorHertz}) => onsetErrorHertz ?? [])
  return {
    method,
    bound,
    sweepCount: results.length,
    errors: meanOfErrors(results.flatMap(({errors}) => errors ?? [])),
    shapeErrorRatio: meanOf(results.flatMap(({shapeErrorRatio}) => shapeErrorRatio ?? [])),
    onsetErrorHertz: meanOf(onsetErrorsHertz),
    onsetCount: onsetErrorsHertz.length,
    regrets,
    meanRegretRatio: meanOf(regrets.map(({regretRatio}) => regretRatio))!,
  }
}

function meanRegret(slowdownRatio: number | null, choices: readonly ClockChoice[]): MeanRegret {
  return {
    slowdownRatio,
    regretRatio: meanOf(choices.map(({regretRatio}) => regretRatio))!,
    brokenCount: choices.filter(({excessRatio}) => excessRatio > 0).length,
    worstExcessRatio: Math.max(...choices.map(({excessRatio}) => excessRatio)),
  }
}
