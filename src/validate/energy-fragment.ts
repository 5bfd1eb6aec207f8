import type {FittedEnergy} from './energy-constants.js'

/** Units in which files state energies, and what one of them is in SI. */
const fileUnits: Readonly<Record<FittedEnergy['unit'], {readonly unit: string; readonly inSi: number}>> = {
  'J/op': {unit: 'pJ/op', inSi: 1e-12},
  'J/B': {unit: 'pJ/B', inSi: 1e-12},
  W: {unit: 'W', inSi: 1},
}

/** The name under `sources` that the fragment gives to its rows. */
const source = 'calibration'

/** Constants that rows determine, as a part of an accelerator file: each with its interval as its range. */
export function energyFragment(constants: readonly FittedEnergy[], fittedCount: number): string {
  const lines = ['sources:', `  ${source}: {title: "ridge calibrate, ${fittedCount} measured passes below their power limit"}`]
  let open: readonly string[] = []
  for (const constant of constants.filter(({isDetermined}) => isDetermined)) {
    const {path} = constant
    const shared = path.findIndex((key, depth) => key !== open[depth])
    for (const [depth, key] of path.slice(0, -1).entries()) if (depth >= shared) lines.push(`${'  '.repeat(depth)}${key}:`)
    lines.push(`${'  '.repeat(path.length - 1)}${path.at(-1)}: ${fieldOf(constant)}`)
    open = path.slice(0, -1)
  }
  return lines.join('\n')
}

function fieldOf({value, interval, unit}: FittedEnergy): string {
  const inFile = fileUnits[unit]
  const text = (each: number): string => `${Number((each / inFile.inSi).toPrecision(3))} ${inFile.unit}`
  return `{value: ${text(value)}, source: ${source}, range: "[${text(interval[0])}, ${text(interval[1])}]"}`
}
