import {exitCodes, UserError} from '../foundation/user-error.js'

/** Refuses flags beside one that leaves no room for them; oclif's own `exclusive` makes a usage line of empty choices. */
export function refuseTogether(flags: Readonly<Record<string, unknown>>, alone: Readonly<Record<string, readonly string[]>>): void {
  for (const [name, others] of Object.entries(alone)) {
    const given = flags[name] === undefined ? [] : others.filter((other) => flags[other] !== undefined)
    if (given.length === 0) continue
    throw new UserError(`--${name} and --${given.join(', --')} cannot be used together`, {
      code: 'USAGE',
      exitCode: exitCodes.usage,
      suggestions: [`leave out --${name}, or --${given.join(' and --')}`],
    })
  }
}
