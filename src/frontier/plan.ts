/** What to do, in the order of execution: the knobs of one thing, several plans in turn or side by side, or one plan many times over. */
export type Plan<K> =
  | {readonly kind: 'knobs'; readonly knobs: K}
  | {readonly kind: 'parts'; readonly parts: readonly Plan<K>[]}
  | {readonly kind: 'repeat'; readonly runs: readonly Run<K>[]}

/** A plan followed this many times. */
export interface Run<K> {
  readonly repeatCount: number
  readonly plan: Plan<K>
}

/** The knobs of every single thing that a plan does, in order; a repeated plan gives its knobs again each time. */
export function* knobsInOrder<K>(plan: Plan<K>): Generator<K, void, undefined> {
  if (plan.kind === 'knobs') yield plan.knobs
  else if (plan.kind === 'parts') for (const part of plan.parts) yield* knobsInOrder(part)
  else for (const run of plan.runs) for (let time = 0; time < run.repeatCount; time++) yield* knobsInOrder(run.plan)
}
