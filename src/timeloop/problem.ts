import {nameHints} from '../foundation/nearest-name.js'
import {child, countAt, entries, fault, fileName, items, numberAt, numberOf, type Part, refusal, textAt, textOf} from './part.js'

export interface TranslatedProblem {
  readonly dimensions: readonly {readonly name: string; readonly size: number}[]
  readonly tensors: readonly {readonly name: string; readonly isOutput: boolean}[]
  readonly data: Readonly<Record<string, unknown>>
}

/** Timeloop's shape of a problem that names none, after its problem-shapes/cnn-layer.yaml. */
const layer = {
  dimensions: ['R', 'S', 'P', 'Q', 'C', 'K', 'N'],
  coefficients: ['Wstride', 'Hstride', 'Wdilation', 'Hdilation'].map((name) => ({name, default: 1})),
  data_spaces: [
    {name: 'Weights', projection: [[['C']], [['K']], [['R']], [['S']]]},
    {
      name: 'Inputs',
      projection: [
        [['N']],
        [['C']],
        [
          ['R', 'Wdilation'],
          ['P', 'Wstride'],
        ],
        [
          ['S', 'Hdilation'],
          ['Q', 'Hstride'],
        ],
      ],
    },
    {name: 'Outputs', projection: [[['N']], [['K']], [['Q']], [['P']]], read_write: true},
  ],
}

const product = {
  dimensions: ['M', 'N', 'K'],
  data_spaces: [
    {name: 'A', projection: [[['M']], [['K']]]},
    {name: 'B', projection: [[['N']], [['K']]]},
    {name: 'Z', projection: [[['M']], [['N']]], read_write: true},
  ],
}

/** Shapes that Timeloop has by name. */
const namedShapes: Readonly<Record<string, unknown>> = {'cnn-layer': layer, 'gemm-ABZ': product}

/** A problem and its instance as a problem file, of words of so many bits. */
export function translateProblem(problem: Part, wordBits: number): TranslatedProblem {
  const shape = shapeOf(problem)
  const instance = child(problem, 'instance') ?? problem
  checkDense(instance)
  const flatten = child(shape, 'flatten')
  if (flatten !== undefined) throw refusal(flatten, 'flattened dimensions are not modelled')
  const names = items(child(shape, 'dimensions')).map(textOf)
  if (names.length === 0) throw fault(shape, 'the shape has no dimensions')
  const dimensions = names.map((name) => ({name, size: countAt(instance, name) ?? missing(instance, name)}))
  const coefficients = new Map(
    items(child(shape, 'coefficients')).map((part) => {
      const name = textAt(part, 'name') ?? ''
      return [name, numberAt(instance, name) ?? numberAt(part, 'default') ?? 1]
    }),
  )
  const spaces = items(child(shape, 'data_spaces'))
  const tensors = spaces.map((part) => ({
    name: textAt(part, 'name') ?? '',
    isOutput: child(part, 'read_write')?.value === true,
    indices: items(child(part, 'projection')).map((rank) => indexOf(rank, names, coefficients)),
  }))
  return {
    dimensions,
    tensors,
    data: {
      title: textAt(shape, 'name') ?? fileName(problem),
      source: `problem of Timeloop: ${fileName(problem)}`,
      dimensions: Object.fromEntries(dimensions.map(({name, size}) => [name, size])),
      tensors: Object.fromEntries(tensors.map(({name, isOutput, indices}) => [name, tensorData(name, isOutput, indices, wordBits)])),
    },
  }
}

function tensorData(name: string, isOutput: boolean, indices: readonly string[], wordBits: number): Record<string, unknown> {
  return {
    ...(/weight|filter|kernel/i.test(name) ? {class: 'weights'} : {}),
    width: `${wordBits} b`,
    indices,
    ...(isOutput ? {output: true} : {}),
  }
}

function shapeOf(problem: Part): Part {
  const shape = child(problem, 'shape')
  if (shape === undefined) return {...problem, value: layer}
  if (typeof shape.value !== 'string') return shape
  const named = namedShapes[shape.value.replaceAll('_', '-')]
  if (named !== undefined) return {...shape, value: named}
  throw refusal(shape, `the shape ${shape.value} stands in a file of Timeloop's own`, [
    `write it in full, with dimensions and data-spaces, or use ${Object.keys(namedShapes).join(' or ')}`,
  ])
}

function missing(instance: Part, name: string): never {
  throw fault(instance, `nothing states the size of ${name}`, [`add \`${name}: 1\` to the instance`])
}

/** One index of a tensor: a dimension, a list of terms, or a text of version 0.4. */
function indexOf(rank: Part, names: readonly string[], coefficients: ReadonlyMap<string, number>): string {
  const terms = typeof rank.value === 'string' ? [rank] : items(rank)
  return terms.map((term) => termOf(term, names, coefficients)).join(' + ')
}

function termOf(term: Part, names: readonly string[], coefficients: ReadonlyMap<string, number>): string {
  const [dimension, coefficient, more] = typeof term.value === 'string' ? [term] : items(term)
  if (dimension === undefined || more !== undefined) throw fault(term, 'a term is a dimension, or a dimension and its coefficient')
  const name = textOf(dimension)
  if (!names.includes(name)) throw fault(dimension, `"${name}" is not a dimension of the shape`, nameHints(name, names))
  if (coefficient === undefined) return name
  const value = typeof coefficient.value === 'number' ? coefficient.value : coefficients.get(textOf(coefficient))
  if (value === undefined)
    throw fault(
      coefficient,
      `"${String(coefficient.value)}" is not a coefficient of the shape`,
      nameHints(String(coefficient.value), [...coefficients.keys()]),
    )
  if (!Number.isInteger(value) || value < 1)
    throw refusal(coefficient, `${name} times ${value}: coefficients here are whole and above zero`)
  return value === 1 ? name : `${value}*${name}`
}

/** Densities below one ask for a model of sparse tensors. */
function checkDense(instance: Part): void {
  const common = child(instance, 'commonDensity', 'common_density')
  const each = entries(child(instance, 'densities')).map(([, part]) => part)
  for (const part of [...(common === undefined ? [] : [common]), ...each]) {
    if (typeof part.value === 'object' || numberOf(part) !== 1)
      throw refusal(part, 'densities: sparse tensors are not modelled', ['leave it out for dense tensors'])
  }
}
