import type {Palette} from '../cli/colour.js'
import {displayWidth, proseWidth, wrapped} from '../cli/table.js'

/** Facts under each other: names in one column, what is known of them in the next, over several lines where one does not hold it. */
export function factLines(facts: readonly (readonly [name: string, value: string] | undefined)[], colours: Palette): string {
  const shown = facts.filter((fact) => fact !== undefined)
  const width = Math.max(...shown.map(([name]) => displayWidth(name)))
  const lines = ([name, value]: readonly [string, string]): string =>
    `${colours.dim(name.padEnd(width))}  ${wrapped(value, proseWidth() - width - 2).replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`
  return shown.map(lines).join('\n')
}

interface Gap {
  readonly name: string
  /** Over the best. */
  readonly ratio: number
}

/** Less than this is rounding. */
const levelRatio = 1 + 1e-9

/** Who takes the least of a cost, who takes as much, and a sentence for each of the others; nothing where there are none. */
export function verdictText<Each extends Gap>(least: string, gaps: readonly Each[], sentence: (gap: Each) => string): string | undefined {
  if (gaps.length === 0) return undefined
  const level = gaps.filter(({ratio}) => ratio < levelRatio).map(({name}) => name)
  const same = `${new Intl.ListFormat('en-GB').format(level)} ${level.length === 1 ? 'takes' : 'take'} as much.`
  const others = gaps.filter(({ratio}) => ratio >= levelRatio).map(sentence)
  return [level.length === 0 ? least : `${least} ${same}`, ...others].map((each) => wrapped(each)).join('\n')
}

/** Blocks of text with a blank line between them; empty ones are left out. */
export function blocks(...texts: readonly (string | null | undefined)[]): string {
  return texts.filter((text) => text !== null && text !== undefined && text !== '').join('\n\n')
}
