import {formatBeside, formatCapacity} from '../cli/text.js'
import type {Misfit, Remedy} from '../mapping/misfit.js'

/** Why a level does not hold its tiles, and the smallest changes that would fit. */
export function misfitText({level, capacityBytes, usedBytes, overBytes, tensors, remedies}: Misfit): string {
  const [largest] = tensors
  const shares = tensors.map(({name, tileBytes}) => `${name} ${formatBeside(tileBytes, capacityBytes)}`)
  return [
    `${level} holds ${formatCapacity(capacityBytes)}, but its tiles take ${formatBeside(usedBytes, capacityBytes)}, ${formatBeside(overBytes, capacityBytes)} too many; the largest is of ${largest?.name}`,
    `  tiles  ${shares.join(', ')}`,
    ...remedies.map((remedy, index) => `  ${index === 0 ? 'to fit' : '    or'} ${remedyText(remedy, level)}`),
  ].join('\n')
}

function remedyText(remedy: Remedy, level: string): string {
  switch (remedy.kind) {
    case 'count': {
      const {dimension, level: at, way, fromCount, toCount} = remedy
      const along = way === 'temporal' ? '' : ` along ${way}`
      const change = `${dimension} ${fromCount} to ${dimension} ${toCount}${along} at ${at}`
      return `${fromCount === 2 * toCount ? 'halve' : 'cut'} ${change}, its other turns outside of ${level}`
    }
    case 'single-buffer':
      return `one buffer in place of two at ${level}`
    case 'bypass':
      return `let ${remedy.tensor} pass ${level}`
    case 'capacity':
      return `${level} of ${roomFor(remedy.capacityBytes)}`
  }
}

/** Rounded up, so that what it names does hold the tiles. */
function roomFor(bytes: number): string {
  return bytes < 16_384 ? `${bytes} B` : `${Math.ceil(bytes / 1024)} KiB`
}
