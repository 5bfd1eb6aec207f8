import {formatPercent, formatQuantity} from '../cli/text.js'
import type {ArrayUse} from '../mapping/systolic/array-use.js'

/** How a systolic array runs a mapping, in a line: what stays, and what a fold takes. */
export function arrayText(use: ArrayUse): string {
  const {rows, columns, stationary, foldCount, loadCount, loadCycles, streamCycles, skewCycles, hidesLoads, mappingEfficiencyRatio} = use
  const cycles = (count: number): string => formatQuantity(count, '')
  const hidden = hidesLoads ? 'beside the work' : `in ${loadCount === foldCount ? 'each' : loadCount}`
  const load = loadCount === 0 ? [] : [`load ${loadCycles} ${hidden}`]
  const fold = [...load, `stream ${cycles(streamCycles)}`, `skew ${skewCycles}${hidesLoads ? ' once' : ''}`].join(', ')
  return `${rows} × ${columns}, ${stationary} stay; ${foldCount} ${foldCount === 1 ? 'fold' : 'folds'}: ${fold}; ${formatPercent(mappingEfficiencyRatio)} of cells hold a word`
}
