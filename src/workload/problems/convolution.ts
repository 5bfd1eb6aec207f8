import type {FormOf, ProblemForm, Sizes} from './form.js'

type Axis = readonly [output: string, weight: string]

const line: readonly Axis[] = [['P', 'R']]
const plane: readonly Axis[] = [...line, ['Q', 'S']]

/** A convolution along one axis. */
export const conv1d: FormOf = (sizes) => grouped(sizes, line)

/** A convolution along two axes. */
export const conv2d: FormOf = (sizes) => grouped(sizes, plane)

/** A convolution of each channel with weights of its own. */
export const depthwise: FormOf = (sizes): ProblemForm => ({
  dimensions: {N: sizes['n'] ?? 1, C: sizes['c'] ?? 1, ...extents(sizes, plane)},
  tensors: {
    inputs: {class: 'activations', indices: ['N', 'C', ...met(sizes, plane)]},
    weights: {class: 'weights', indices: ['C', 'R', 'S']},
    outputs: {class: 'activations', indices: ['N', 'C', 'P', 'Q'], output: true},
  },
})

/** Groups become a dimension of their own, and channels are those of one group. */
function grouped(sizes: Sizes, axes: readonly Axis[]): ReturnType<FormOf> {
  const {n = 1, k = 1, c = 1, groups = 1} = sizes
  const uneven = Object.entries({k, c}).find(([, channels]) => channels % groups !== 0)
  if (uneven !== undefined)
    return {size: uneven[0], refusal: `${uneven[1]} channels do not split into ${groups} groups of as many channels each`}
  const group = groups === 1 ? [] : ['G']
  return {
    dimensions: {N: n, ...(groups === 1 ? {} : {G: groups}), K: k / groups, C: c / groups, ...extents(sizes, axes)},
    tensors: {
      inputs: {class: 'activations', indices: ['N', ...group, 'C', ...met(sizes, axes)]},
      weights: {class: 'weights', indices: [...group, 'K', 'C', ...axes.map(([, weight]) => weight)]},
      outputs: {class: 'activations', indices: ['N', ...group, 'K', ...axes.map(([output]) => output)], output: true},
    },
  }
}

function extents(sizes: Sizes, axes: readonly Axis[]): Record<string, number> {
  const names = [...axes.map(([output]) => output), ...axes.map(([, weight]) => weight)]
  return Object.fromEntries(names.map((name) => [name, sizes[name.toLowerCase()] ?? 1]))
}

/** Where an output and a weight meet in the inputs, by axis. */
function met({stride = 1, dilation = 1}: Sizes, axes: readonly Axis[]): string[] {
  const term = (coefficient: number, name: string): string => (coefficient === 1 ? name : `${coefficient}*${name}`)
  return axes.map(([output, weight]) => `${term(stride, output)} + ${term(dilation, weight)}`)
}
