import type {Column, Machine} from '../../accelerator/machine.js'
import {dtypeBytes} from '../../foundation/dtype.js'
import type {Contraction, OperatorNode} from '../../workload/operator.js'
import type {Fact} from '../explanation.js'
import type {CompiledKernel, KernelContext, KernelModel} from './kernel-model.js'
import {coreCounts, keptRatioOf, levelOf, mainMemory, matrixRateOf, readSeconds, tripSeconds, type UnitRate} from './machine-parts.js'

/** Tiles of the grouped product: narrow ones while tokens are fewer than experts. vLLM, fused_moe.py, get_default_config. */
const narrowTile = {rows: 16, columns: 32, depth: 64} as const
const wideTile = {rows: 64, columns: 64, depth: 32} as const
/** Widths that are no multiple of this are loaded element by element. Triton, specialisation of integer arguments. */
const vectorisedWidth = 16
/** Fewer routed rows than a quarter of the experts are not sorted: each is a block of its own. vLLM, fused_moe.py, SPARSITY_FACTOR. */
const sparsityFactor = 4
/** Bytes in which a memory delivers the ends of rows: two sectors of 32. */
const deliveredBytes = 128
/** Registers of a thread that keeps a tile of a product: 128 of 4 bytes. */
const tileThreadBytes = 512

/** The routed experts of one layer: sort, two grouped products with an activation between them, and the weighted sum. */
export const moeTime: KernelModel<'launches' | 'dramShare' | 'peak' | 'sort'> = {
  parameters: {
    launches: {
      unit: 'us',
      least: 0,
      most: 100,
      start: 25,
      ideal: 0,
      scope: 'device',
      meaning: 'launches of the products, the activation and the sum, one after another',
      source: 'intercept over the bytes of the experts',
    },
    dramShare: {
      unit: 'ratio',
      least: 0.3,
      most: 1,
      start: 0.8,
      ideal: 1,
      scope: 'device',
      meaning: "share of the main memory's peak bandwidth at which weights stream",
      source: 'row buffers, refresh and turnarounds of DRAM',
    },
    peak: {
      unit: 'ratio',
      least: 0.1,
      most: 1,
      start: 0.5,
      ideal: 1,
      scope: 'generation',
      meaning: "share of the matrix units' peak that padded tiles reach",
      source: 'pipelines of Triton kernels with small tiles',
    },
    sort: {
      unit: 'us',
      least: 0,
      most: 100,
      start: 12,
      ideal: 0,
      scope: 'device',
      meaning: 'sorting tokens by expert and padding them to tiles',
      source: 'vLLM, moe_align_block_size',
    },
  },
  compile: compileMoe,
}

function compileMoe(context: KernelContext): CompiledKernel {
  const {machine, node, parameters, boundIndex} = context
  const layer = layerOf(node)
  const matrixRate = matrixRateOf(machine, node.dtype)
  const memoryBound = boundIndex(mainMemory(machine).name)
  const bounds = {
    overhead: boundIndex('overhead'),
    memory: memoryBound,
    matrix: matrixRate === undefined ? memoryBound : boundIndex(matrixRate.name),
  }
  const startSeconds = (): number => (parameters[0]! + (layer.isSorted ? parameters[3]! : 0)) * 1e-6
  const terms = moeTerms(context, layer, matrixRate)
  const time = (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number): void => {
    const start = startSeconds()
    for (let row = 0; row < rowCount; row++) {
      const hertz = coreHertz[row]!
      const weightSeconds = terms.weightAt(hertz, row)
      const productSeconds = terms.productAt(hertz, row)
      const passSeconds = terms.passAt(hertz, row)
      const total = start + together(weightSeconds, productSeconds) + terms.waitAt(row) + passSeconds
      seconds[row] = total
      boundBy[row] = 2 * start > total ? bounds.overhead : weightSeconds + passSeconds > productSeconds ? bounds.memory : bounds.matrix
    }
  }
  const facts = (coreHertz: number, row: number): Fact[] => [
    {name: 'tile', value: `${layer.tile.rows} × ${layer.tile.columns} × ${layer.tile.depth}`, unit: 'elements'},
    {name: 'sorted by expert', value: layer.isSorted ? 'yes' : 'no', unit: ''},
    {name: 'operations executed', value: terms.operationCount, unit: 'op'},
    {name: 'operations useful', value: node.demand.contractions.reduce((sum, product) => sum + product.operationCount, 0), unit: 'op'},
    {name: 'weight bytes read', value: terms.weightBytes, unit: 'B'},
    {name: 'share of weights kept in the cache', value: terms.keptAt(row), unit: 'ratio'},
    {name: 'bytes beside the weights', value: terms.passBytes, unit: 'B'},
    {name: 'weights', value: terms.weightAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'products', value: terms.productAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'single elements', value: terms.waitAt(row) * 1e6, unit: 'us'},
    {name: 'passes between the products', value: terms.passAt(coreHertz, row) * 1e6, unit: 'us'},
    {name: 'launches and sort', value: startSeconds() * 1e6, unit: 'us'},
  ]
  return {time, hostSeconds: () => 0, facts}
}

function moeTerms({machine, node, run, parameters}: KernelContext, layer: Layer, matrixRate: UnitRate | undefined) {
  const products = node.demand.contractions.map((product) => paddedProduct(product, layer))
  const operationCount = products.reduce((sum, product) => sum + product.operationCount, 0)
  const weightBytes = products.reduce((sum, product) => sum + product.weightBytes, 0)
  const elementLoadCount = products.reduce((sum, product) => sum + product.elementLoadCount, 0)
  const {reads, writes} = node.demand
  const demandBytes = [...reads, ...writes].reduce((sum, {bytes}) => sum + bytes, 0)
  // A backward pass writes gradients of the weights, which no pass of a forward one holds.
  const passBytes = Math.max(layer.passBytes, demandBytes - weightBytes)
  const keptAt = (row: number): number => keptRatioOf(machine, weightBytes, run.operandCopyCount, row)
  return {
    operationCount,
    weightBytes,
    passBytes,
    keptAt,
    weightAt: (coreHertz: number, row: number) => readSeconds(machine, weightBytes, keptAt(row), parameters[1]!, coreHertz, row),
    productAt: (coreHertz: number, row: number) =>
      matrixRate === undefined ? 0 : operationCount / (matrixRate.operationsPerSecond(coreHertz, row) * parameters[2]!),
    passAt: (coreHertz: number, row: number) => readSeconds(machine, passBytes, 0, parameters[1]!, coreHertz, row),
    waitAt: (row: number) => elementLoadSeconds(machine, elementLoadCount, row),
  }
}

/** Both queues of one kernel are busy at once; where they are equal, each hides less of the other. */
function together(one: number, two: number): number {
  return Math.sqrt(one * one + two * two)
}

interface Layer {
  readonly hidden: number
  readonly tile: typeof narrowTile | typeof wideTile
  readonly isSorted: boolean
  /** Experts that the busiest rank surely has a token for, over the expected number. */
  readonly hitScale: number
  /** Bytes between the products: whole rows of every routed token, those for other ranks' experts as zeros. */
  readonly passBytes: number
  readonly elementBytes: number
}

function layerOf({shape, demand, dtype}: OperatorNode): Layer {
  const at = (key: string): number => Number(shape[key])
  const [tokens, experts, expertParallel] = [at('tokens'), at('experts'), at('expertParallel')]
  const routedRows = tokens * at('topK')
  const width = at('intermediate') / at('tensorParallel')
  const elementBytes = dtypeBytes(dtype)
  const expectedHits = demand.contractions.reduce((sum, {batchCount}) => sum + batchCount, 0) / 2
  return {
    hidden: at('hidden'),
    tile: tokens <= experts / expertParallel ? narrowTile : wideTile,
    isSorted: expertParallel > 1 || routedRows * sparsityFactor > experts,
    hitScale: expectedHits > 0 && expectedHits < 1 ? 1 / expectedHits : 1,
    // Rows gathered; gate and up written and read, their product written and read once more; results written and summed.
    passBytes: routedRows * (5 * width + 3 * at('hidden')) * elementBytes,
    elementBytes,
  }
}

interface PaddedProduct {
  readonly operationCount: number
  readonly weightBytes: number
  readonly elementLoadCount: number
}

/** A grouped product as its tiles see it: rows of each expert, columns and depth in whole tiles, weights of the experts that are hit. */
function paddedProduct({m, n, k, batchCount}: Contraction, {tile, hitScale, hidden, elementBytes}: Layer): PaddedProduct {
  const expertCount = batchCount * hitScale
  const rowTileCount = expertCount * Math.ceil(Math.max(1, m / hitScale) / tile.rows)
  const columnTileCount = Math.ceil(n / tile.columns)
  const isElementwise = k !== hidden && k % vectorisedWidth !== 0
  return {
    operationCount: 2 * rowTileCount * tile.rows * wholeUnits(n, 64) * wholeUnits(k, 32),
    weightBytes: expertCount * n * wholeUnits(k * elementBytes, deliveredBytes),
    elementLoadCount: isElementwise ? rowTileCount * columnTileCount * (tile.rows + tile.columns) * tile.depth : 0,
  }
}

function wholeUnits(amount: number, unit: number): number {
  return Math.ceil(amount / unit) * unit
}

/** Little's law: threads of the tiles wait one trip through the memories for each element that no vector brings. */
function elementLoadSeconds(machine: Machine<Column>, loadCount: number, row: number): number {
  const registers = levelOf(machine, 'register')
  if (loadCount === 0 || registers === undefined) return 0
  const threadCount = coreCounts(machine)[row]! * (registers.capacityBytes[row]! / tileThreadBytes)
  return (loadCount * tripSeconds(machine, 0, row)) / threadCount
}
