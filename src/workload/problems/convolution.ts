import type {Counting} from '../counting.js'
import type {FormOf, ProblemForm, Refusal, Sizes} from './form.js'
import {gemm, groupedGemm} from './matrix.js'

interface Axis {
  readonly output: string
  readonly input: string
  readonly weight: string
}

const line: readonly Axis[] = [{output: 'P', input: 'H', weight: 'R'}]
const plane: readonly Axis[] = [...line, {output: 'Q', input: 'W', weight: 'S'}]

/** A convolution along one axis. */
export const conv1d: FormOf = (sizes, counting) => convolution(sizes, counting, line, grouped)

/** A convolution along two axes. */
export const conv2d: FormOf = (sizes, counting) => convolution(sizes, counting, plane, grouped)

/** A convolution of each channel with weights of its own. */
export const depthwise: FormOf = ({c = 1, ...sizes}, counting) =>
  convolution({...sizes, k: c, c, groups: c}, counting, plane, ({n = 1}, extents) => ({
    dimensions: {N: n, C: c, ...extents},
    tensors: {
      inputs: {class: 'activations', indices: ['N', 'C', ...met(sizes, plane)]},
      weights: {class: 'weights', indices: ['C', 'R', 'S']},
      outputs: {class: 'activations', indices: ['N', 'C', 'P', 'Q'], output: true},
    },
  }))

type Extents = Readonly<Record<string, number>>

/** By outputs and weights along each axis, or as the product of its unfolded windows. */
function convolution(
  sizes: Sizes,
  counting: Counting,
  axes: readonly Axis[],
  direct: (sizes: Sizes, extents: Extents, axes: readonly Axis[]) => ProblemForm,
): ProblemForm | Refusal {
  const {n = 1, k = 1, c = 1, groups = 1} = sizes
  const uneven = Object.entries({k, c}).find(([, channels]) => channels % groups !== 0)
  if (uneven !== undefined)
    return {
      size: uneven[0],
      refusal: `${uneven[1]} channels do not split into ${groups} groups of as many channels each`,
      hint: 'choose sizes that divide',
    }
  const refusal = axes.map((axis) => refusedAxis(sizes, axis)).find((each) => each !== undefined)
  if (refusal !== undefined) return refusal
  const outputs = axes.map((axis): [string, number] => [axis.output, outputCount(sizes, axis, counting)])
  const weights = axes.map(({weight}): [string, number] => [weight, sizes[weight.toLowerCase()] ?? 1])
  if (!counting.unfoldsWindows) return direct(sizes, Object.fromEntries([...outputs, ...weights]), axes)
  const product = (pairs: readonly [string, number][]): number => pairs.reduce((total, [, count]) => total * count, 1)
  const unfolded = {m: n * product(outputs), n: k / groups, k: (c / groups) * product(weights)}
  return groups === 1 ? gemm(unfolded, counting) : groupedGemm({...unfolded, groups}, counting)
}

/** Outputs along an axis, or the inputs that they need, are given. */
function refusedAxis(sizes: Sizes, {output, input, weight}: Axis): Refusal | undefined {
  const [p, h] = [output.toLowerCase(), input.toLowerCase()]
  if (sizes[p] !== undefined && sizes[h] !== undefined)
    return {size: h, refusal: `\`${p}\` and \`${h}\` exclude each other`, hint: 'keep one of the two'}
  if (sizes[p] === undefined && sizes[h] === undefined)
    return {size: p, refusal: `nothing says how many outputs there are along ${output}`, hint: `add ${p}, or ${h} for the inputs`}
  if (sizes[h] !== undefined && sizes[h] < windowExtent(sizes, weight))
    return {size: h, refusal: `${sizes[h]} inputs hold no window of ${windowExtent(sizes, weight)}`, hint: `count its padding in`}
  return undefined
}

function outputCount(sizes: Sizes, {output, input, weight}: Axis, {windowCount}: Counting): number {
  const inputs = sizes[input.toLowerCase()]
  if (inputs === undefined) return sizes[output.toLowerCase()]!
  return windowCount(inputs, windowExtent(sizes, weight), sizes['stride'] ?? 1)
}

function windowExtent(sizes: Sizes, weight: string): number {
  return (sizes['dilation'] ?? 1) * ((sizes[weight.toLowerCase()] ?? 1) - 1) + 1
}

/** Groups become a dimension of their own, and channels are those of one group. */
function grouped(sizes: Sizes, extents: Extents, axes: readonly Axis[]): ProblemForm {
  const {n = 1, k = 1, c = 1, groups = 1} = sizes
  const group = groups === 1 ? [] : ['G']
  return {
    dimensions: {N: n, ...(groups === 1 ? {} : {G: groups}), K: k / groups, C: c / groups, ...extents},
    tensors: {
      inputs: {class: 'activations', indices: ['N', ...group, 'C', ...met(sizes, axes)]},
      weights: {class: 'weights', indices: [...group, 'K', 'C', ...axes.map(({weight}) => weight)]},
      outputs: {class: 'activations', indices: ['N', ...group, 'K', ...axes.map(({output}) => output)], output: true},
    },
  }
}

/** Where an output and a weight meet in the inputs, by axis. */
function met({stride = 1, dilation = 1}: Sizes, axes: readonly Axis[]): string[] {
  const term = (coefficient: number, name: string): string => (coefficient === 1 ? name : `${coefficient}*${name}`)
  return axes.map(({output, weight}) => `${term(stride, output)} + ${term(dilation, weight)}`)
}
