import {readFileSync} from 'node:fs'
import {palette} from './colour.js'

/** The first help screen, written by the build: rendering it takes oclif longer than everything else `ridge --help` does. */
export const helpScreenFile = new URL('../help.txt', import.meta.url)

/** Stands in the written screen for what only the running process knows. */
export const hostPlaceholder = '{host}'

/** What the version line says of the machine and of Node. */
export function hostText(): string {
  return `${process.platform}-${process.arch} node-${process.version}`
}

/** The line asks for the first help screen and nothing else. */
export function asksForHelpScreen(argv: readonly string[]): boolean {
  return argv.length === 0 || (argv.length === 1 && argv[0] === '--help')
}

/** Prints the written screen; false where there is none, or the terminal is too narrow for it. */
export function showHelpScreen(): boolean {
  if (process.stdout.isTTY && process.stdout.columns < 80) return false
  let screen: string
  try {
    screen = readFileSync(helpScreenFile, 'utf8')
  } catch {
    return false
  }
  const {bold} = palette(process.stdout)
  process.stdout.write(screen.replace(hostPlaceholder, hostText()).replaceAll(/^[A-Z]+$/gm, bold))
  return true
}
