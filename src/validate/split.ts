import {exitCodes, UserError} from '../foundation/user-error.js'

/** How rows are divided into those that a fit sees and those that it does not. */
export type Split = {readonly kind: 'folds'; readonly count: number} | {readonly kind: 'holdout'; readonly ratio: number}

/**
 * Sets of rows that are left out in turn, by their place; rows of one shape never stand on both sides, and no set is
 * empty or holds all shapes of two or more. A shape's place does not depend on the order of the rows.
 */
export function leftOut(rows: readonly {readonly shape: string}[], split: Split): ReadonlySet<number>[] {
  const shapes = [...new Set(rows.map(({shape}) => shape))].sort((a, b) => scatter(a) - scatter(b) || (a < b ? -1 : 1))
  const partCount = split.kind === 'folds' ? Math.min(split.count, shapes.length) : 1
  const heldCount = split.kind === 'folds' ? shapes.length : clamped(Math.round(split.ratio * shapes.length), 1, shapes.length - 1)
  const partByShape = new Map(shapes.slice(0, heldCount).map((shape, index) => [shape, index % partCount]))
  return Array.from(
    {length: partCount},
    (_, part) => new Set(rows.flatMap(({shape}, index) => (partByShape.get(shape) === part ? [index] : []))),
  )
}

/** A number that neighbours in the alphabet do not share. Fowler, Noll and Vo, hash FNV-1a; its last bits are mixed once more. */
function scatter(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
}

function clamped(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}

/** "5 folds by shape", "50 % of the shapes left out". */
export function splitText(split: Split): string {
  return split.kind === 'folds' ? `${split.count} folds by shape` : `${Number((split.ratio * 100).toPrecision(3))} % of the shapes left out`
}

/** The split that a person asked for; five folds without a word. */
export function splitOf({folds, holdout}: {readonly folds?: number | undefined; readonly holdout?: string | undefined}): Split {
  if (holdout === undefined) return {kind: 'folds', count: folds ?? 5}
  const ratio = holdout.trim() === '' ? Number.NaN : Number(holdout)
  if (ratio > 0 && ratio < 1) return {kind: 'holdout', ratio}
  throw new UserError(`--holdout is "${holdout}", but a share between 0 and 1 is expected`, {
    code: 'BAD_VALUE',
    exitCode: exitCodes.usage,
    suggestions: ['write 0.5 to leave out a half of the shapes'],
  })
}
