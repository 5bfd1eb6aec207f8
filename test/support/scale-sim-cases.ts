import type {DataflowName} from '../../src/mapping/systolic/dataflows/table.js'
import type {Product} from '../../src/mapping/systolic/product.js'
import type {CountingName} from '../../src/spec/schemas/problem-shapes.js'
import {countings} from '../../src/workload/counting.js'
import {plainProduct} from './plain-product.js'
import {sharedCases} from './shared-cases.js'

interface Matrix {
  readonly kind: 'gemm'
  readonly dims: Readonly<Record<'M' | 'N' | 'K', number>>
}

interface Convolution {
  readonly kind: 'conv'
  readonly dims: Readonly<Record<'ifmap_h' | 'ifmap_w' | 'filter_h' | 'filter_w' | 'channels' | 'num_filter' | 'stride', number>>
}

/** One run of SCALE-Sim 2: sizes, array, and what it printed. */
export type ScaleSimCase = (Matrix | Convolution) & {
  readonly array_h: number
  readonly array_w: number
  readonly dataflow: 'os' | 'ws' | 'is'
  readonly sram_kB: readonly [number, number, number]
  readonly interface: 'CALC' | 'USER'
  readonly bandwidth: number
  readonly outputs: Readonly<Record<string, number>>
}

/** All runs; none where the reference cases are absent. */
export const scaleSimCases: readonly ScaleSimCase[] = (sharedCases('scalesim.json') as {cases: ScaleSimCase[]} | undefined)?.cases ?? []

export const dataflowOf = {
  os: 'output-stationary',
  ws: 'weight-stationary',
  is: 'input-stationary',
} as const satisfies Record<ScaleSimCase['dataflow'], DataflowName>

/** What a case runs, its windows counted one way or the other. */
export function productOfCase(run: ScaleSimCase, counting: CountingName): Product {
  if (run.kind === 'gemm') return plainProduct(run.dims.M, run.dims.N, run.dims.K)
  const {ifmap_h, ifmap_w, filter_h, filter_w, channels, num_filter, stride} = run.dims
  const {windowCount} = countings[counting]
  const m = windowCount(ifmap_h, filter_h, stride) * windowCount(ifmap_w, filter_w, stride)
  const product = plainProduct(m, num_filter, filter_h * filter_w * channels)
  return {...product, distinctWords: {...product.distinctWords, inputs: ifmap_h * ifmap_w * channels}}
}

/** A case in a line. */
export function caseName(run: ScaleSimCase): string {
  const sizes = Object.values(run.dims).join('×')
  return `${run.dataflow} ${run.kind} ${sizes} on ${run.array_h}×${run.array_w}`
}

/** A case as a problem file; convolutions by their inputs. */
export function problemText(run: ScaleSimCase): string {
  if (run.kind === 'gemm') return `dtype: int8\ngemm: {m: ${run.dims.M}, n: ${run.dims.N}, k: ${run.dims.K}}\n`
  const {ifmap_h, ifmap_w, filter_h, filter_w, channels, num_filter, stride} = run.dims
  const sizes = {h: ifmap_h, w: ifmap_w, r: filter_h, s: filter_w, c: channels, k: num_filter, stride}
  const text = Object.entries(sizes).map(([key, size]) => `${key}: ${size}`)
  return `dtype: int8\nconv2d: {${text.join(', ')}}\n`
}
