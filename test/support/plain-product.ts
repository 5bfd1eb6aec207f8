import type {Product} from '../../src/mapping/systolic/product.js'

/** A plain matrix product. */
export function plainProduct(m: number, n: number, k: number): Product {
  return {m, n, k, batchCount: 1, distinctWords: {inputs: m * k, weights: k * n, outputs: m * n}}
}
