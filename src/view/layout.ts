import type {Palette} from '../cli/colour.js'
import {displayWidth} from '../cli/table.js'

/** Facts under each other: names in one column, what is known of them in the next. */
export function factLines(facts: readonly (readonly [name: string, value: string] | undefined)[], colours: Palette): string {
  const shown = facts.filter((fact) => fact !== undefined)
  const width = Math.max(...shown.map(([name]) => displayWidth(name)))
  return shown.map(([name, value]) => `${colours.dim(name.padEnd(width))}  ${value}`).join('\n')
}

/** Blocks of text with a blank line between them; empty ones are left out. */
export function blocks(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n\n')
}
