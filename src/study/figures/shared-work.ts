import type {FigureContext} from './figure-context.js'

const made = new WeakMap<FigureContext, Map<string, unknown>>()

/** What several figures of a report are drawn from, made for the first of them. */
export function sharedWork<Work>(context: FigureContext, key: string, make: () => Work): Work {
  const known = made.get(context) ?? new Map<string, unknown>()
  made.set(context, known)
  if (!known.has(key)) known.set(key, make())
  return known.get(key) as Work
}
