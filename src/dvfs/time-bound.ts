import {exitCodes, UserError} from '../foundation/user-error.js'

/** How much slower than the fastest, or how late, a pass may end; at most one of the two. */
export interface TimeBound {
  /** 0.05 is 5 % slower. */
  readonly slowdownRatio?: number | undefined
  readonly deadlineSeconds?: number | undefined
}

/** The time by which a pass must end, of which the fastest takes `fastestSeconds`; undefined where nothing bounds it. Refuses bounds that nothing meets. */
export function boundSeconds({slowdownRatio, deadlineSeconds}: TimeBound, fastestSeconds: number, fastest: string): number | undefined {
  if (slowdownRatio !== undefined && deadlineSeconds !== undefined)
    throw new UserError('a pass is bounded by a slowdown or by a deadline, not by both', {
      code: 'BOUND_TWICE',
      suggestions: ['leave out one of the two'],
    })
  if (slowdownRatio !== undefined && !(slowdownRatio >= 0 && Number.isFinite(slowdownRatio)))
    throw new UserError(`a slowdown of ${slowdownRatio * 100} % is none: a pass can't be faster than the fastest`, {
      code: 'SLOWDOWN_INVALID',
      suggestions: ['give 0 % or more, as in `5%`'],
    })
  if (slowdownRatio !== undefined) return fastestSeconds * (1 + slowdownRatio)
  if (deadlineSeconds !== undefined && !(deadlineSeconds >= fastestSeconds))
    throw new UserError(`no clock ends this pass in ${deadlineSeconds * 1e3} ms`, {
      code: 'DEADLINE_UNMET',
      suggestions: [`the fastest possible is ${Number((fastestSeconds * 1e3).toPrecision(4))} ms, at ${fastest}`],
      exitCode: exitCodes.infeasible,
    })
  return deadlineSeconds
}
