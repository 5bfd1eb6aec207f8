import {copyCount, type Hierarchy} from '../accelerator/hierarchy.js'
import type {Palette} from '../cli/colour.js'
import {proseWidth, wrapped} from '../cli/table.js'
import {formatBeside, formatCapacity, formatQuantity} from '../cli/text.js'
import {addsUp, heldBits} from '../mapping/held-bits.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import {loopWays} from '../mapping/loop-nest.js'
import {tileExtents, tileWords} from '../mapping/misfit.js'
import type {Problem} from '../workload/problem.js'

/** Before what a line does not hold. */
const hanging = '    '

/** A mapping as an indented loop nest: each level with what it holds, then its loops, outermost first. */
export function nestText(nest: LoopNest, problem: Problem, hierarchy: Hierarchy, colours: Palette): string {
  const lines: string[] = []
  let depth = 0
  const push = (text: string): void => {
    const indent = '  '.repeat(depth)
    const rows = wrapped(text, proseWidth() - indent.length - hanging.length).split('\n')
    lines.push(...rows.map((row, index) => `${indent}${index === 0 ? '' : hanging}${row}`))
  }
  for (const [level, {name}] of hierarchy.levels.entries()) {
    push(`${colours.bold(name)}  ${colours.dim(heldText(nest, problem, hierarchy, level))}`)
    for (const way of loopWays) {
      for (const {dimension, count} of nest.levels[level]![way]) {
        depth++
        const range = `${problem.dimensions[dimension]!.name} in 0..${count}`
        const last = isOutermost(nest, level, way, dimension) ? partialText(nest, problem, level, dimension) : ''
        push(`${way === 'temporal' ? `for ${range}` : `spread ${range} along ${way}`}${last}`)
      }
    }
    depth++
  }
  const outputs = problem.tensors.filter(({isOutput}) => isOutput).map((tensor) => tensor.name)
  const inputs = problem.tensors.filter(({isOutput}) => !isOutput).map((tensor) => tensor.name)
  push(`${colours.bold(hierarchy.arithmetic.name)}  ${outputs.join(', ')} += ${inputs.join(' · ')}`)
  return lines.join('\n')
}

/** "keeps 48 words of inputs, 32 of outputs: 160 B of 1 KiB; weights pass". */
function heldText(nest: LoopNest, problem: Problem, hierarchy: Hierarchy, level: number): string {
  const copies = copyCount(hierarchy.levels[level]!)
  const {keeps} = nest.levels[level]!
  const extents = tileExtents(nest, problem, level)
  const isAddedTo = addsUp(nest, problem, level)
  const kept = problem.tensors.filter((_, tensor) => keeps[tensor])
  const passing = problem.tensors.filter((_, tensor) => !keeps[tensor]).map(({name}) => name)
  if (kept.length === 0) return 'keeps nothing'
  const words = kept.map((tensor, index) => {
    const count = tileWords(tensor, extents)
    return `${formatQuantity(count, '')} ${index === 0 ? `${count === 1 ? 'word' : 'words'} of` : 'of'} ${tensor.name}`
  })
  const bytes = (kept.reduce((bits, tensor) => bits + tileWords(tensor, extents) * heldBits(tensor, isAddedTo), 0) / 8) * copies
  const doubled = copies === 2 ? ' twice' : ''
  return [
    `keeps ${words.join(', ')}${doubled}: ${roomText(bytes, hierarchy, level)}`,
    ...(passing.length > 0 ? [`${passing.join(', ')} pass`] : []),
  ].join('; ')
}

/** "160 B of 1 KiB", with one family of prefixes for a whole hierarchy, also where a level has no limit. */
export function roomText(usedBytes: number, {levels}: Hierarchy, level: number): string {
  const {capacityBytes} = levels[level]!
  if (Number.isFinite(capacityBytes)) return `${formatBeside(usedBytes, capacityBytes)} of ${formatCapacity(capacityBytes)}`
  const limited = levels.map((each) => each.capacityBytes).filter(Number.isFinite)
  return formatBeside(usedBytes, limited.find((bytes) => formatCapacity(bytes).endsWith('iB')) ?? 0)
}

/** Whether no loop over the dimension stands further out. */
function isOutermost(nest: LoopNest, level: number, way: (typeof loopWays)[number], dimension: number): boolean {
  const ways = loopWays.slice(0, loopWays.indexOf(way))
  const has = (index: number, among: readonly (typeof loopWays)[number][]): boolean =>
    among.some((each) => nest.levels[index]![each].some((loop) => loop.dimension === dimension))
  return !has(level, ways) && nest.levels.slice(0, level).every((_, index) => !has(index, loopWays))
}

/** The last turn of a dimension that its counts do not divide. */
function partialText(nest: LoopNest, {dimensions}: Problem, level: number, dimension: number): string {
  const loops = nest.levels
    .slice(level)
    .flatMap((each) => loopWays.flatMap((way) => each[way].filter((loop) => loop.dimension === dimension)))
  const inside = loops.slice(1).reduce((covered, {count}) => covered * count, 1)
  const rest = dimensions[dimension]!.size - inside * (loops[0]!.count - 1)
  return rest === inside ? '' : ` (the last takes ${rest} of ${inside})`
}
