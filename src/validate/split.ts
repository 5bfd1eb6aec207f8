import {exitCodes, UserError} from '../foundation/user-error.js'

/** How rows are divided into those that a fit sees and those that it does not. */
export type Split = {readonly kind: 'folds'; readonly count: number} | {readonly kind: 'holdout'; readonly ratio: number}

/** Sets of rows that are left out in turn, by their place; rows of one shape never stand on both sides. */
export function leftOut(rows: readonly {readonly shape: string}[], split: Split): ReadonlySet<number>[] {
  const shapes = [...new Set(rows.map(({shape}) => shape))].sort()
  const parts = split.kind === 'folds' ? split.count : 1
  // A fixed stride scatters neighbours in the sorted order over all folds.
  const partOf = (index: number): number => {
    const place = (index * 7919) % shapes.length
    if (split.kind === 'folds') return (index * 7919) % parts
    return place < split.ratio * shapes.length ? 0 : -1
  }
  const partByShape = new Map(shapes.map((shape, index) => [shape, partOf(index)]))
  return Array.from(
    {length: parts},
    (_, part) => new Set(rows.flatMap(({shape}, index) => (partByShape.get(shape) === part ? [index] : []))),
  )
}

/** "5 folds by shape", "a half of the shapes left out". */
export function splitText(split: Split): string {
  return split.kind === 'folds' ? `${split.count} folds by shape` : `${Number((split.ratio * 100).toPrecision(3))} % of the shapes left out`
}

/** The split that a person asked for; five folds without a word. */
export function splitOf({folds, holdout}: {readonly folds?: number | undefined; readonly holdout?: string | undefined}): Split {
  if (holdout === undefined) return {kind: 'folds', count: folds ?? 5}
  const ratio = Number(holdout)
  if (ratio > 0 && ratio < 1) return {kind: 'holdout', ratio}
  throw new UserError(`--holdout is "${holdout}", but a share between 0 and 1 is expected`, {
    code: 'BAD_VALUE',
    exitCode: exitCodes.usage,
    suggestions: ['write 0.5 to leave out a half of the rows'],
  })
}
