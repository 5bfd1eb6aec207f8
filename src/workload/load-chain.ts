import path from 'node:path'
import type {Dtype} from '../foundation/dtype.js'
import {resolveFile} from '../spec/catalogue.js'
import {checkSchema} from '../spec/check-schema.js'
import {problemSchema} from '../spec/schemas/problem.js'
import {problemShapeNames} from '../spec/schemas/problem-shapes.js'
import {type SpecSource, YamlSource} from '../spec/yaml-source.js'
import {type AttentionProblem, attentionChain} from './attention-chain.js'
import {type Chain, type ChainMember, chainDimensions, chainTensors} from './chain.js'
import {type ProblemOptions, problemOf} from './load-problem.js'
import type {Problem} from './problem.js'

interface RawMember {
  readonly name: string
  readonly elements?: {readonly vector?: number; readonly special?: number}
}

type RawAttention = Pick<AttentionProblem, 'heads' | 'headDim' | 'queryTokens'> & Partial<AttentionProblem>

interface RawWork {
  readonly dtype?: Dtype
  readonly attention?: RawAttention
  readonly chain?: readonly RawMember[]
}

/** What a problem file holds: one problem, or a chain of them. */
export type Work = {readonly dtype: Dtype | undefined} & (
  | {readonly kind: 'problem'; readonly problem: Problem}
  | {readonly kind: 'chain'; readonly chain: Chain}
)

/** A shipped problem or chain by name, or one from a file. */
export function loadWork(nameOrFile: string, options: ProblemOptions = {}): Work {
  return workFrom(YamlSource.read(resolveFile('problem', nameOrFile, options.from)), options)
}

/** The problem or chain that a text describes. */
export function parseWork(name: string, text: string, options: ProblemOptions = {}): Work {
  return workFrom(YamlSource.parse(text, `${name}.yaml`), options)
}

function workFrom(source: YamlSource, options: ProblemOptions): Work {
  checkSchema(source, problemSchema)
  const raw = source.data as RawWork
  const forms = ['dimensions', ...problemShapeNames].filter((key) => Object.hasOwn(raw, key))
  const isChain = raw.attention !== undefined || raw.chain !== undefined
  const dtype = options.dtype ?? raw.dtype
  if (!isChain) return {kind: 'problem', dtype, problem: problemOf(source, options)}
  const [own, other] = [raw.attention === undefined ? 'chain' : 'attention', raw.attention && raw.chain ? 'chain' : forms[0]]
  if (other !== undefined) throw source.error(`/${other}`, `a problem is one of ${own} and ${other}`, ['write one file for each'])
  const chain =
    raw.attention === undefined
      ? writtenChain(source, {...raw, ...(options.dtype !== undefined && {dtype: options.dtype})}, options)
      : attentionOf(source, raw.attention, dtype)
  return {kind: 'chain', dtype, chain: {...chain, name: path.basename(source.file).replace(/\.\w+$/, '')}}
}

function attentionOf(source: SpecSource, written: RawAttention, dtype: Dtype | undefined): Chain {
  const {
    batch = 1,
    heads,
    kvHeads = heads,
    headDim,
    valueHeadDim = headDim,
    queryTokens,
    kvTokens = queryTokens,
    causal = true,
    window = 0,
  } = written
  if (dtype === undefined) throw source.error('/attention', 'nothing says how wide an element is', ['add `dtype: bf16` at the top'])
  if (heads % kvHeads !== 0)
    throw source.error('/attention/kvHeads', `${kvHeads} key heads do not divide ${heads} query heads`, ['choose sizes that divide'])
  if (causal && kvTokens < queryTokens)
    throw source.error('/attention/kvTokens', `${kvTokens} keys do not hold those of the ${queryTokens} queries`, [
      'count the keys of the queries too',
    ])
  if (!causal && window > 0)
    throw source.error('/attention/window', 'a window looks back from a place, which queries that see all keys do not have', [
      'leave it out, or `causal: true`',
    ])
  return attentionChain({batch, heads, kvHeads, headDim, valueHeadDim, queryTokens, kvTokens, causal, window, dtype})
}

function writtenChain(source: SpecSource, {dtype, chain = []}: RawWork, options: ProblemOptions): Chain {
  const members = chain.map((raw, index): ChainMember => {
    const part = {...raw, ...(dtype === undefined ? {} : {dtype})}
    const problem = problemOf(partOf(source, `/chain/${index}`, part), options, raw.name)
    if (raw.elements === undefined) return {problem}
    return {problem, elementWork: {vectorPerPointCount: raw.elements.vector ?? 0, specialPerPointCount: raw.elements.special ?? 0}}
  })
  const whole: Chain = {name: 'chain', ...(dtype !== undefined && {dtype}), members, states: [], mask: undefined}
  chainDimensions(whole)
  const tensors = chainTensors(whole)
  const lone = tensors.find(({role, memberIndices}) => role === 'output' && memberIndices[0]! < members.length - 1)
  if (lone !== undefined)
    throw source.error(`/chain/${lone.memberIndices[0]}`, `no later problem uses ${lone.tensor.name}`, [
      'name it as the tensor that uses it, or write the problems in files of their own',
    ])
  return whole
}

/** A part of a file as if it were one, its faults placed in the whole. */
function partOf(source: SpecSource, within: string, data: unknown): SpecSource {
  return {
    file: source.file,
    data,
    problem: (pointer, message, suggestions) => source.problem(`${within}${pointer}`, message, suggestions),
    error: (pointer, message, suggestions, code) => source.error(`${within}${pointer}`, message, suggestions, code),
  }
}
