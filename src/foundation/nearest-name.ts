import {distance} from 'fastest-levenshtein'
import {UserError} from './user-error.js'

/** The known name closest to what was written, or nothing when none is close; a name that begins as written is closest of all. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestEdits = mostEdits(written) + 1
  for (const name of known) {
    const edits = editsBetween(written, name)
    if (edits < bestEdits) [best, bestEdits] = [name, edits]
  }
  return best
}

/** So many of the known names, the closest to what was written first, however far they are. */
export function nearestNames(written: string, known: readonly string[], count: number): string[] {
  return known.toSorted((a, b) => editsBetween(written, a) - editsBetween(written, b)).slice(0, count)
}

function mostEdits(written: string): number {
  return Math.max(2, Math.floor(written.length / 2.5))
}

function editsBetween(written: string, name: string): number {
  const [wanted, candidate] = [written.toLowerCase(), name.toLowerCase()]
  const letters = candidate.startsWith(wanted) ? 0.5 : distance(wanted, candidate)
  // Of names that are as near, the one that is written alike: MiB, not Mib.
  return (wanted.startsWith(candidate) ? Math.min(2, letters) : letters) + distance(written, name) / 1000
}

/** What to try when `written` is none of the `known` names: the nearest one, and the list. */
export function nameHints(written: string, known: readonly string[]): string[] {
  const nearest = nearestName(written, known)
  return [...(nearest === undefined ? [] : [`did you mean ${nearest}`]), ...(known.length === 0 ? [] : [`known: ${known.join(', ')}`])]
}

/** The error for a name that is not in a table. */
export function unknownName(what: string, written: string, known: readonly string[], code = 'UNKNOWN_NAME'): UserError {
  return new UserError(`"${written}" is not a known ${what}`, {code, suggestions: nameHints(written, known)})
}
