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

/** Blocks of text with a blank line between them; empty ones are left out. */
export function blocks(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n\n')
}
