import {formatBeside, formatCapacity} from '../cli/text.js'
import type {Misfit, Remedy} from '../mapping/misfit.js'
import type {LoopCut} from '../mapping/smaller-tiles.js'

/** Why a level does not hold its tiles, and the smallest changes that would fit. */
export function misfitText({level, capacityBytes, usedBytes, overBytes, tensors, remedies}: Misfit): string {
  const shares = tensors.map(({name, tileBytes}) => `${name} ${formatBeside(tileBytes, capacityBytes)}`)
  const passing = remedies.flatMap((remedy) => (remedy.kind === 'bypass' ? [remedy.tensor] : []))
  const changes = remedies.flatMap((remedy) => {
    if (remedy.kind !== 'bypass') return [remedyText(remedy, level)]
    return remedy.tensor === passing[0] ? [`let ${passing.join(' or ')} pass ${level}`] : []
  })
  return [
    `${level}: tiles of ${formatBeside(usedBytes, capacityBytes)} in ${formatCapacity(capacityBytes)}, ${formatBeside(overBytes, capacityBytes)} too many`,
    `  tiles   ${shares.join(', ')}`,
    ...changes.map((change, index) => `  ${index === 0 ? 'to fit' : '    or'}  ${change}`),
  ].join('\n')
}

function remedyText(remedy: Exclude<Remedy, {kind: 'bypass'}>, level: string): string {
  switch (remedy.kind) {
    case 'cuts':
      return `${remedy.cuts.map(cutText).join(' and ')}, with ${remedy.cuts.length === 1 ? 'its' : 'their'} other turns further out`
    case 'single-buffer':
      return `one buffer in place of two at ${level}`
    case 'capacity':
      return `${level} of ${roomFor(remedy.capacityBytes)}`
  }
}

function cutText({dimension, level, way, fromCount, toCount}: LoopCut): string {
  const along = way === 'temporal' ? '' : ` along ${way}`
  return `${fromCount === 2 * toCount ? 'halve' : 'cut'} ${dimension}${along} at ${level}, from ${fromCount} to ${toCount}`
}

/** Rounded up, so that what it names does hold the tiles. */
function roomFor(bytes: number): string {
  return bytes < 16_384 ? `${bytes} B` : `${Math.ceil(bytes / 1024)} KiB`
}
