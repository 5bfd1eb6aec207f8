import path from 'node:path'
import {type Dtype, dtypeBits} from '../foundation/dtype.js'
import {quantityValue} from '../foundation/expression.js'
import {nameHints} from '../foundation/nearest-name.js'
import type {TensorClass} from '../foundation/resource.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {located} from '../spec/located.js'
import {problemSchema} from '../spec/schemas/problem.js'
import {type CountingName, type ProblemShapeName, problemShapeNames} from '../spec/schemas/problem-shapes.js'
import {pointerTo, type SpecSource, YamlSource} from '../spec/yaml-source.js'
import {countings} from './counting.js'
import type {Problem, ProblemTensor, Rank} from './problem.js'
import type {ProblemForm, Sizes, TensorForm} from './problems/form.js'
import {problemForms} from './problems/table.js'

/** Which tensors a level keeps is held in a byte; a nest has three loops of each dimension at every level. */
const maximumTensorCount = 8
const maximumDimensionCount = 16

interface RawTensor extends Partial<TensorForm> {
  readonly dtype?: Dtype
  readonly width?: string
  readonly sums?: Dtype
}
type RawProblem = {
  readonly dtype?: Dtype
  readonly counting?: CountingName
  readonly dimensions?: Readonly<Record<string, number>>
  readonly tensors?: Readonly<Record<string, RawTensor>>
} & Partial<Record<ProblemShapeName, Sizes>>

export interface ProblemOptions {
  /** In place of the format that the file states for all tensors. */
  readonly dtype?: Dtype | undefined
  /** In place of how the file wants it counted. */
  readonly counting?: CountingName | undefined
  /** The folder that a path is relative to; the working folder by default. */
  readonly from?: string
}

/** A shipped problem by name, or one from a file; every fault carries its place. */
export function loadProblem(nameOrFile: string, options: ProblemOptions = {}): Problem {
  return problemFrom(YamlSource.read(resolveFile('problem', nameOrFile, options.from)), options)
}

/** The problem that a text describes. */
export function parseProblem(name: string, text: string, options: ProblemOptions = {}): Problem {
  return problemFrom(YamlSource.parse(text, `${name}.yaml`), options)
}

function problemFrom(source: YamlSource, options: ProblemOptions): Problem {
  checkSchema(source, problemSchema)
  const chain = ['attention', 'chain'].find((key) => Object.hasOwn(source.data as RawProblem, key))
  if (chain !== undefined)
    throw source.error(`/${chain}`, 'a chain of problems stands where a single one is wanted', ['map it with: ridge map --problem'])
  return problemOf(source, options)
}

/** The problem of a file, or of a part of one, whose form has been checked. */
export function problemOf(source: SpecSource, options: ProblemOptions, named?: string): Problem {
  const written = source.data as RawProblem
  const dtype = options.dtype ?? written.dtype
  const counting = options.counting ?? written.counting
  const stated = {...(dtype === undefined ? {} : {dtype}), ...(counting === undefined ? {} : {counting})}
  const raw = {...written, ...stated}
  const {form, shape} = formOf(source, raw)
  const name = named ?? path.basename(source.file).replace(/\.\w+$/, '')
  const names = Object.keys(form.dimensions)
  const tensors = Object.entries(form.tensors).map(([tensor, written]): ProblemTensor => {
    const own = raw.tensors?.[tensor] ?? {}
    return {
      name: tensor,
      class: own.class ?? written.class ?? ('activations' satisfies TensorClass),
      elementBits: elementBits(source, raw, tensor, own),
      ...sumBits(source, tensor, own, written.output === true),
      isOutput: written.output === true,
      ranks: ranksOf(source, written.indices, names, shape === undefined ? `/tensors/${tensor}/indices` : `/${shape}`),
    }
  })
  const dimensions = Object.entries(form.dimensions).map(([dimension, size]) => ({name: dimension, size}))
  const problem = {name, ...stated, dimensions, tensors}
  checkWhole(source, problem)
  return problem
}

/** What the file writes in full, or the general form of what it writes short. */
function formOf(source: SpecSource, raw: RawProblem): {form: ProblemForm; shape: ProblemShapeName | undefined} {
  const [shape, second] = problemShapeNames.filter((name) => raw[name] !== undefined)
  if (second !== undefined) throw source.error(`/${second}`, `a problem is one of ${shape} and ${second}`, ['write one file for each'])
  if (shape === undefined) return {form: fullForm(source, raw), shape}
  if (raw.dimensions !== undefined)
    throw source.error('/dimensions', `${shape} has dimensions of its own`, [`leave dimensions out, or write no ${shape}`])
  const form = problemForms[shape](raw[shape] ?? {}, countings[raw.counting ?? 'hardware'])
  if ('refusal' in form) throw source.error(`/${shape}/${form.size}`, form.refusal, [form.hint])
  for (const [name, tensor] of Object.entries(raw.tensors ?? {})) checkOverride(source, shape, form, name, tensor)
  return {form, shape}
}

function fullForm(source: SpecSource, {dimensions, tensors}: RawProblem): ProblemForm {
  if (dimensions === undefined || tensors === undefined)
    throw source.error('', 'the file describes no problem', [
      'write dimensions: and tensors:',
      `or one of the short forms: ${problemShapeNames.join(', ')}`,
    ])
  for (const [name, {indices}] of Object.entries(tensors))
    if (indices === undefined)
      throw source.error(`/tensors/${name}/indices`, '"indices" is missing', ['add them as in `indices: [N, C, 2*P + R]`'])
  return {dimensions, tensors: tensors as ProblemForm['tensors']}
}

function checkOverride(source: SpecSource, shape: string, form: ProblemForm, name: string, tensor: RawTensor): void {
  const known = Object.keys(form.tensors)
  if (!known.includes(name))
    throw source.error(pointerTo('/tensors', name), `"${name}" is not a tensor of ${shape}`, nameHints(name, known), 'UNKNOWN_NAME')
  const fixed = (['indices', 'output'] as const).find((key) => tensor[key] !== undefined)
  if (fixed !== undefined)
    throw source.error(`/tensors/${name}/${fixed}`, `${shape} fixes the ${fixed} of ${name}`, [
      `leave ${fixed} out, or write dimensions and tensors in full`,
    ])
}

function elementBits(source: SpecSource, raw: RawProblem, name: string, {dtype, width}: RawTensor): number {
  if (dtype !== undefined && width !== undefined)
    throw source.error(`/tensors/${name}/width`, '`dtype` and `width` exclude each other', ['keep one of the two'])
  if (width !== undefined) return bitsOf(source, `/tensors/${name}/width`, width)
  const format = dtype ?? raw.dtype
  if (format !== undefined) return dtypeBits[format]
  throw source.error(`/tensors/${name}`, `nothing says how wide an element of ${name} is`, [
    'add `dtype: fp16` at the top, or `dtype` or `width: 12 b` to the tensor',
  ])
}

/** How wide a result is while it is added up. */
function sumBits(source: SpecSource, name: string, {sums}: RawTensor, isOutput: boolean): Pick<ProblemTensor, 'sumBits'> {
  if (sums === undefined) return {}
  if (isOutput) return {sumBits: dtypeBits[sums]}
  throw source.error(`/tensors/${name}/sums`, `nothing is added to ${name}`, ['`sums` is for the output'])
}

function bitsOf(source: SpecSource, pointer: string, width: string): number {
  const bits = located(source, pointer, () => quantityValue(width, 'bytes')) * 8
  if (Number.isInteger(bits) && bits > 0) return bits
  throw source.error(pointer, `an element of ${width} is not one of whole bits`, ['write it as in `width: 12 b`'], 'VALUE_OUT_OF_RANGE')
}

function ranksOf(source: SpecSource, indices: readonly string[], dimensions: readonly string[], pointer: string): Rank[] {
  const seen = new Map<string, number>()
  return indices.map((written, index) => {
    const at = pointer.endsWith('/indices') ? `${pointer}/${index}` : pointer
    const terms = written.split('+').map((term) => termOf(source, at, term.trim(), written, dimensions))
    const twice = terms.find(({dimension}, place) => terms.findIndex((other) => other.dimension === dimension) !== place)
    if (twice !== undefined)
      throw source.error(at, `${dimensions[twice.dimension]} stands twice in "${written}"`, ['add up its coefficients, as in 2*P'])
    const key = terms
      .map(({dimension, coefficient}) => `${coefficient}*${dimension}`)
      .toSorted()
      .join('+')
    if (seen.has(key)) throw source.error(at, `"${written}" is an index of this tensor already`, ['keep one of the two'])
    seen.set(key, index)
    return {terms}
  })
}

function termOf(source: SpecSource, pointer: string, term: string, written: string, dimensions: readonly string[]): Rank['terms'][number] {
  const [, before, name, after] = /^(?:(\d+)\s*\*\s*)?([A-Za-z]\w*)(?:\s*\*\s*(\d+))?$/.exec(term) ?? []
  if (name === undefined || (before !== undefined && after !== undefined))
    throw source.error(pointer, `"${written}" is not a sum of dimensions times whole numbers`, ['write it as in 2*P + R'])
  const dimension = dimensions.indexOf(name)
  if (dimension < 0)
    throw source.error(pointer, `"${name}" is not a dimension of this problem`, nameHints(name, dimensions), 'UNKNOWN_NAME')
  const coefficient = Number(before ?? after ?? 1)
  if (coefficient === 0) throw source.error(pointer, `${name} times 0 is no index`, ['leave it out'], 'VALUE_OUT_OF_RANGE')
  return {dimension, coefficient}
}

/** What only the whole problem shows. */
function checkWhole(source: SpecSource, {dimensions, tensors}: Problem): void {
  const outputs = tensors.filter(({isOutput}) => isOutput)
  if (outputs.length !== 1)
    throw source.error(
      '/tensors',
      `${outputs.length === 0 ? 'no tensor is' : `${outputs.map(({name}) => name).join(' and ')} are`} the output`,
      ['write `output: true` at exactly one tensor'],
    )
  if (tensors.length > maximumTensorCount)
    throw source.error('/tensors', `${tensors.length} tensors are more than the ${maximumTensorCount} that a problem may have`, [
      'write a chain of problems',
    ])
  if (dimensions.length > maximumDimensionCount)
    throw source.error(
      '/dimensions',
      `${dimensions.length} dimensions are more than the ${maximumDimensionCount} that a problem may have`,
      ['merge dimensions that always stand side by side'],
    )
  const used = new Set(tensors.flatMap(({ranks}) => ranks.flatMap(({terms}) => terms.map(({dimension}) => dimension))))
  const idle = dimensions.findIndex((_, index) => !used.has(index))
  if (idle >= 0)
    throw source.error(pointerTo('/dimensions', dimensions[idle]!.name), `${dimensions[idle]!.name} is in no index of a tensor`, [
      'leave it out, or index a tensor with it',
    ])
  if (dimensions.reduce((product, {size}) => product * size, 1) > Number.MAX_SAFE_INTEGER)
    throw source.error('/dimensions', 'the problem has more than 2^53 multiply-adds, which are not counted exactly', ['split it'])
}
