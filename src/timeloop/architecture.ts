import {type Component, checkDense, componentsOf} from './components.js'
import {accessEnergies, computeEnergy, type EnergyTable} from './energies.js'
import {countAt, fault, fileName, numberOf, type Part, refusal} from './part.js'
import type {Ignored} from './sections.js'

/** One storage as loops see it. */
export interface Level {
  readonly name: string
  readonly component: Component
  readonly instances: number
  /** Of the next level inward, under one instance. */
  readonly fanout: {readonly x: number; readonly y: number}
}

export interface Architecture {
  /** Outermost first. */
  readonly levels: readonly Level[]
  readonly arithmetic: Component
  /** What all words are taken to have. */
  readonly wordBits: number
  readonly ignored: readonly Ignored[]
  readonly part: Part
}

/** Timeloop's own default. */
const defaultWordBits = 16

/** The levels of an architecture and the arrays under them. */
export function readArchitecture(part: Part): Architecture {
  const {components, ignored} = componentsOf(part)
  const storages = components.slice(0, -1)
  checkNames(components)
  const [outermost] = storages
  const rootCount = outermost!.width * outermost!.height
  if (rootCount !== 1) throw refusal(outermost!.part, `${outermost!.name} is the outermost storage, but there are ${rootCount} of it`)
  const levels = storages.map((component, index) => ({
    name: component.name,
    component,
    instances: component.width * component.height,
    fanout: fanoutOf(component, components[index + 1]!),
  }))
  return {levels, arithmetic: components.at(-1)!, wordBits: wordBitsOf(storages.at(-1)!), ignored, part}
}

/** An architecture as an accelerator file, with the energies of a table; `usedInstances` are what a mapping takes, by level. */
export function acceleratorData(
  {levels, arithmetic, wordBits, part}: Architecture,
  table: EnergyTable,
  usedInstances?: readonly number[],
): Record<string, unknown> {
  return {
    title: `${arithmetic.name} under ${levels.map(({name}) => name).join(', ')}`,
    source: 'timeloop',
    sources: {timeloop: {title: `inputs of Timeloop: ${fileName(part)}`}},
    clock: {value: '1 GHz', estimate: 'Timeloop counts cycles; where it prints rates, it takes 1 GHz', range: 'exact'},
    levels: Object.fromEntries(
      levels.map((level, index) => [level.name, levelData(level, wordBits, table, usedInstances?.[index] ?? level.instances)]),
    ),
    arithmetic: {name: arithmetic.name, energy: `${computeEnergy(arithmetic, table)} pJ`},
  }
}

function checkNames(components: readonly Component[]): void {
  for (const [index, {name, part}] of components.entries()) {
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw refusal(part, `"${name}" cannot name a level`, ['use letters, digits, _ and -'])
    if (components.findIndex((other) => other.name === name) !== index) throw fault(part, `${name} is the name of two components`)
  }
}

function fanoutOf(outer: Component, inner: Component): {x: number; y: number} {
  const [x, y] = [inner.width / outer.width, inner.height / outer.height]
  if (Number.isInteger(x) && Number.isInteger(y)) return {x, y}
  throw fault(
    inner.part,
    `${inner.width} × ${inner.height} of ${inner.name} do not stand evenly under ${outer.width} × ${outer.height} of ${outer.name}`,
    ['state meshX (and meshY) of both'],
  )
}

function wordBitsOf({attribute}: Component): number {
  const found = attribute('word_bits', 'word_width', 'datawidth')
  return found === undefined ? defaultWordBits : countOf(found)
}

function levelData({component, fanout}: Level, wordBits: number, table: EnergyTable, used: number): Record<string, unknown> {
  checkDense(component)
  checkWires(component)
  const {blockWords, clusterSize} = widthsOf(component)
  const words = capacityWords(component, blockWords)
  const own = wordBitsOf(component)
  const energies = accessEnergies(component, table)
  const share = clusterShare(component, clusterSize, used)
  return {
    kind: kindOf(component),
    capacity: words === undefined ? 'unlimited' : `${(words * wordBits) / 8} B`,
    ...(fanout.x * fanout.y > 1 ? {fanout: {x: fanout.x, y: fanout.y}} : {}),
    multicast: true,
    reduction: true,
    access: `${blockWords * wordBits} b`,
    readEnergy: `${energies.read * share} pJ`,
    fillEnergy: `${energies.fill * share} pJ`,
    updateEnergy: `${energies.update * share} pJ`,
    ...bandwidths(component, wordBits),
    ...buffers(component),
    ...(own === wordBits
      ? {}
      : {estimate: `words of ${own} b there, of ${wordBits} b here: Timeloop counts words, whatever they hold`, range: 'exact'}),
  }
}

function kindOf({className, attribute}: Component): string {
  if (className.includes('DRAM') || attribute('technology')?.value === 'DRAM') return 'dram'
  return /regfile|RF/.test(className) ? 'register' : 'scratchpad'
}

/** Words of one access, and instances that share one physical array. */
function widthsOf(component: Component): {blockWords: number; clusterSize: number} {
  const {attribute} = component
  const block = attribute('block_size', 'n_words')
  const cluster = attribute('cluster_size')
  const width = attribute('width', 'memory_width', 'data_storage_width')
  const wordBits = wordBitsOf(component)
  const blockWords = block === undefined ? undefined : countOf(block)
  const clusterSize = cluster === undefined ? undefined : countOf(cluster)
  if (width === undefined) return {blockWords: blockWords ?? 1, clusterSize: clusterSize ?? 1}
  const widthWords = countOf(width) / wordBits
  const blocks = clusterSize === undefined ? (blockWords ?? widthWords) : (blockWords ?? widthWords / clusterSize)
  const clusters = clusterSize ?? widthWords / blocks
  if (Number.isInteger(blocks) && Number.isInteger(clusters) && blocks * clusters === widthWords)
    return {blockWords: blocks, clusterSize: clusters}
  throw fault(
    width,
    `${component.name} is ${countOf(width)} b wide, which its blocks of ${blockWords ?? 1} words of ${wordBits} b do not fill evenly`,
  )
}

/** Timeloop charges an access of a cluster once for all instances in it, as many of the used ones as fall to one cluster. */
function clusterShare(component: Component, clusterSize: number, used: number): number {
  if (clusterSize === 1) return 1
  const clusters = Math.floor((component.width * component.height) / clusterSize)
  if (clusters > 0) return Math.min(used, clusters) / used
  throw refusal(
    component.part,
    `clusters of ${clusterSize} need as many instances of ${component.name}, but there are ${component.width * component.height}`,
    ['Timeloop would charge nothing here; state a block-size that fills the width'],
  )
}

function capacityWords(component: Component, blockWords: number): number | undefined {
  const {attribute} = component
  const entries = attribute('entries')
  const depth = attribute('depth', 'memory_depth', 'data_storage_depth')
  const kilobytes = attribute('sizeKB')
  if ([entries, depth, kilobytes].filter((found) => found !== undefined).length > 1 && kilobytes !== undefined)
    throw fault(kilobytes, 'the size is stated twice', ['keep one of entries, depth and sizeKB'])
  if (entries !== undefined) return countOf(entries)
  if (depth !== undefined) return countOf(depth) * blockWords
  if (kilobytes !== undefined) return Math.floor((numberOf(kilobytes) * 8192) / wordBitsOf(component))
  return undefined
}

/** Words a cycle in Timeloop, bytes a cycle here. */
function bandwidths({attribute}: Component, wordBits: number): Record<string, string> {
  const rate = (words: number | undefined): string => (words === undefined ? 'unlimited' : `${(words * wordBits) / 8} B/cycle`)
  const wordsAt = (key: string): number | undefined => {
    const found = attribute(key)
    if (found === undefined) return undefined
    const words = numberOf(found)
    if (words > 0) return words
    throw fault(found, `${words} words a cycle let nothing pass`)
  }
  const both = wordsAt('bandwidth')
  const half = both === undefined ? undefined : both / 2
  const [read, write, shared] = [wordsAt('read_bandwidth') ?? half, wordsAt('write_bandwidth') ?? half, wordsAt('shared_bandwidth')]
  if (read === undefined && write === undefined) return {bandwidth: rate(shared)}
  return {readBandwidth: rate(read), writeBandwidth: rate(write), ...(shared === undefined ? {} : {bandwidth: rate(shared)})}
}

function buffers({attribute}: Component): {buffers?: number} {
  const found = attribute('multiple_buffering')
  const count = found === undefined ? 1 : numberOf(found)
  if (count === 1) return {}
  if (count === 2) return {buffers: 2}
  throw refusal(found!, `${count} buffers for each tile: 1 or 2 can be said here`)
}

/** Costs of moving words between levels, which hierarchies do not have. */
function checkWires({attribute}: Component): void {
  for (const key of [
    'addr_gen_energy',
    'router_energy',
    'wire_energy',
    'network_fill_latency',
    'network_drain_latency',
    'min_utilization',
  ]) {
    const found = attribute(key)
    if (found !== undefined && numberOf(found) > 0) throw refusal(found, `${key} is not modelled`, ['leave it out to import the rest'])
  }
}

function countOf(part: Part): number {
  return countAt({...part, value: {count: part.value}}, 'count')!
}
