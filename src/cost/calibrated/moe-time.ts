import type {Column, Machine} from '../../accelerator/machine.js'
import {dtypeBytes} from '../../foundation/dtype.js'
import type {Contraction, OperatorNode} from '../../workload/operator.js'
import type {KernelModel} from './kernel-model.js'
import {coreCounts, keptRatioOf, levelOf, mainMemory, matrixOperationsPerSecond, readSeconds, tripSeconds} from './machine-parts.js'

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
export const moeTime: KernelModel<'startSeconds' | 'memoryEfficiencyRatio' | 'matrixEfficiencyRatio' | 'sortSeconds'> = {
  parameters: {
    startSeconds: {unit: 's', least: 1e-6, most: 1e-4, start: 2.5e-5, meaning: 'launches of the products, the activation and the sum'},
    memoryEfficiencyRatio: {
      unit: '',
      least: 0.3,
      most: 1,
      start: 0.8,
      meaning: "share of the main memory's bandwidth at which weights stream",
    },
    matrixEfficiencyRatio: {unit: '', least: 0.1, most: 1, start: 0.5, meaning: "share of the matrix units' peak that padded tiles reach"},
    sortSeconds: {unit: 's', least: 0, most: 1e-4, start: 1.2e-5, meaning: 'sorting tokens by expert and padding them to tiles'},
  },
  compile: ({machine, node, run, parameters, boundIndex}) => {
    const layer = layerOf(node)
    const products = node.demand.contractions.map((product) => paddedProduct(product, layer))
    const operationCount = products.reduce((sum, product) => sum + product.operationCount, 0)
    const weightBytes = products.reduce((sum, product) => sum + product.weightBytes, 0)
    const elementLoadCount = products.reduce((sum, product) => sum + product.elementLoadCount, 0)
    const memory = mainMemory(machine)
    const matrixRate = matrixOperationsPerSecond(machine, node.dtype)
    const bounds = {overhead: boundIndex('overhead'), memory: boundIndex(memory.name), matrix: boundIndex(matrixRate.name)}
    return (coreHertz, seconds, boundBy, rowCount) => {
      const startSeconds = parameters[0]! + (layer.isSorted ? parameters[3]! : 0)
      const memoryEfficiency = parameters[1]!
      const matrixEfficiency = parameters[2]!
      for (let row = 0; row < rowCount; row++) {
        const keptRatio = keptRatioOf(machine, weightBytes, run.operandCopyCount, row)
        const weightSeconds = readSeconds(machine, weightBytes, keptRatio, memoryEfficiency, coreHertz, row)
        const productSeconds = operationCount / (matrixRate.at(coreHertz, row) * matrixEfficiency)
        const waitSeconds = elementLoadSeconds(machine, elementLoadCount, row)
        const passSeconds = readSeconds(machine, layer.passBytes, 0, memoryEfficiency, coreHertz, row)
        // Both queues of one kernel are busy at once; where they are equal, each hides less of the other.
        const overlapped = Math.sqrt(weightSeconds ** 2 + productSeconds ** 2)
        const total = startSeconds + overlapped + waitSeconds + passSeconds
        seconds[row] = total
        boundBy[row] =
          startSeconds > total / 2 ? bounds.overhead : weightSeconds + passSeconds > productSeconds ? bounds.memory : bounds.matrix
      }
    }
  },
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
