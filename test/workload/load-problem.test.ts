import {describe, expect, it} from 'vitest'
import {shippedNames} from '../../src/spec/catalogue.js'
import {problemShapeNames, problemShapes} from '../../src/spec/schemas/problem-shapes.js'
import {loadWork} from '../../src/workload/load-chain.js'
import {loadProblem, parseProblem} from '../../src/workload/load-problem.js'
import type {Problem} from '../../src/workload/problem.js'
import {failure} from '../support/small-accelerator.js'

/** "inputs[N, C, 2*P + R]" */
const written = ({dimensions, tensors}: Problem): string[] =>
  tensors.map(({name, ranks}) => {
    const index = ({terms}: (typeof ranks)[number]): string =>
      terms.map(({dimension, coefficient}) => `${coefficient === 1 ? '' : `${coefficient}*`}${dimensions[dimension]!.name}`).join(' + ')
    return `${name}[${ranks.map(index).join(', ')}]`
  })
const sizes = ({dimensions}: Problem): string => dimensions.map(({name, size}) => `${name} ${size}`).join(' ')

const einsum = `dtype: fp16
dimensions: {B: 2, I: 3, J: 4, K: 5}
tensors:
  left: {class: kvCache, indices: [B, I, "2*K + J"]}
  right: {dtype: int8, indices: [K, J*3]}
  sums: {width: 20 b, indices: [B, I], output: true}
`

describe('a problem file', () => {
  it('describes any einsum with affine indices, and the width of each tensor', () => {
    const problem = parseProblem('einsum', einsum)
    expect(sizes(problem)).toBe('B 2 I 3 J 4 K 5')
    expect(written(problem)).toEqual(['left[B, I, 2*K + J]', 'right[K, 3*J]', 'sums[B, I]'])
    expect(problem.tensors.map(({class: held, elementBits, isOutput}) => [held, elementBits, isOutput])).toEqual([
      ['kvCache', 16, false],
      ['activations', 8, false],
      ['activations', 20, true],
    ])
    expect(problem.dtype).toBe('fp16')
  })

  it('takes another format for all tensors that state none of their own', () => {
    expect(parseProblem('einsum', einsum, {dtype: 'fp32'}).tensors.map(({elementBits}) => elementBits)).toEqual([32, 8, 20])
  })

  it.each([
    ['gemm: {m: 8, n: 4, k: 6}', 'M 8 N 4 K 6', 'inputs[M, K] weights[K, N] outputs[M, N]'],
    ['batched-gemm: {batch: 3, m: 8, n: 4, k: 6}', 'B 3 M 8 N 4 K 6', 'left[B, M, K] right[B, K, N] outputs[B, M, N]'],
    ['grouped-gemm: {groups: 3, m: 8, n: 4, k: 6}', 'G 3 M 8 N 4 K 6', 'inputs[G, M, K] weights[G, K, N] outputs[G, M, N]'],
    ['gemv: {n: 4, k: 6}', 'N 4 K 6', 'inputs[K] weights[N, K] outputs[N]'],
    ['conv1d: {k: 4, c: 2, p: 8, r: 3, stride: 2}', 'N 1 K 4 C 2 P 8 R 3', 'inputs[N, C, 2*P + R] weights[K, C, R] outputs[N, K, P]'],
    [
      'conv2d: {n: 2, k: 4, c: 6, p: 8, q: 9, r: 3, s: 1, dilation: 2, groups: 2}',
      'N 2 G 2 K 2 C 3 P 8 Q 9 R 3 S 1',
      'inputs[N, G, C, P + 2*R, Q + 2*S] weights[G, K, C, R, S] outputs[N, G, K, P, Q]',
    ],
    [
      'depthwise: {c: 4, p: 8, q: 8, r: 3, s: 3}',
      'N 1 C 4 P 8 Q 8 R 3 S 3',
      'inputs[N, C, P + R, Q + S] weights[C, R, S] outputs[N, C, P, Q]',
    ],
  ])('writes %s for the general form', (short, dimensions, tensors) => {
    const problem = parseProblem('short', `dtype: int8\n${short}\n`)
    expect(sizes(problem)).toBe(dimensions)
    expect(written(problem).join(' ')).toBe(tensors)
    expect(problem.tensors.map(({isOutput}) => isOutput)).toEqual([false, false, true])
  })

  it('takes the formats and classes of single tensors beside a short form', () => {
    const {tensors} = parseProblem('mixed', 'dtype: bf16\ngemm: {m: 8, n: 4, k: 6}\ntensors: {weights: {dtype: int4, class: kvCache}}\n')
    expect(tensors.map(({elementBits, class: held}) => [elementBits, held])).toEqual([
      [16, 'activations'],
      [4, 'kvCache'],
      [16, 'activations'],
    ])
  })

  it('has a general form for every short one, at the least of its sizes', () => {
    for (const name of problemShapeNames) {
      const {required, optional} = problemShapes[name]
      const outputs = ['p', 'q'].filter((size) => Object.hasOwn(optional, size))
      const least = [...Object.keys(required), ...outputs].map((size) => `${size}: 1`)
      const {dimensions} = parseProblem(name, `dtype: int8\n${name}: {${least.join(', ')}}\n`)
      expect(dimensions.every(({size}) => size === 1)).toBe(true)
    }
  })

  it('of ten dimensions is as good as any', () => {
    const names = [...'ABCDEFGHIJ']
    const text = `dtype: int8\ndimensions: {${names.map((name) => `${name}: 2`).join(', ')}}\ntensors:\n  a: {indices: [${names.join(', ')}]}\n  b: {indices: [A], output: true}\n`
    expect(parseProblem('ten', text).dimensions).toHaveLength(10)
  })

  it.each(shippedNames('problem'))('is shipped as %s', (name) => {
    const work = loadWork(name)
    if (work.kind === 'chain') return expect(work.chain.name).toBe(name)
    expect(work.problem.name).toBe(name)
    expect(work.problem.tensors.filter(({isOutput}) => isOutput)).toHaveLength(1)
  })
})

const gemm = 'dtype: int8\ngemm: {m: 8, n: 4, k: 6}\n'
const full = (dimensions: string, tensors: string): string => `dtype: int8\ndimensions: {${dimensions}}\ntensors: {${tensors}}\n`
const output = 'c: {indices: [M], output: true}'

describe('a fault of a problem file', () => {
  it.each([
    ['', 'problem.yaml:1:1 /', 'the file is empty', ''],
    ['dtype: int8\n', 'problem.yaml:1:1 /', 'describes no problem', 'write dimensions: and tensors:'],
    [full('M: 0', output), 'problem.yaml:2:17 /dimensions/M', '0 is less than 1, the least allowed', 'points along it'],
    [full('M: 2.5', output), 'problem.yaml:2:17 /dimensions/M', '2.5 is no whole number', 'points along it'],
    [full('M: 2', `a: {indices: [L]}, ${output}`), 'problem.yaml:3:25 /tensors/a/indices/0', '"L" is not a dimension', 'known: M'],
    [full('Rows: 2', 'a: {indices: [Row]}, b: {indices: [Rows], output: true}'), ':3:25 ', '"Row" is not a dimension', 'did you mean Rows'],
    [full('M: 2', `a: {indices: [M - 1]}, ${output}`), ':3:25 ', '"M - 1" is not a sum of dimensions', 'write it as in 2*P + R'],
    [full('M: 2', `a: {indices: [2*M*3]}, ${output}`), ':3:25 ', 'is not a sum of dimensions', 'write it as in 2*P + R'],
    [full('M: 2', `a: {indices: [0*M]}, ${output}`), ':3:25 ', 'M times 0 is no index', 'leave it out'],
    [full('M: 2', `a: {indices: [M + M]}, ${output}`), ':3:25 ', 'M stands twice in "M + M"', 'add up its coefficients'],
    [full('M: 2', `a: {indices: [M, M]}, ${output}`), ':3:28 ', '"M" is an index of this tensor already', 'keep one of the two'],
    [full('M: 2', `a: {class: weights}, ${output}`), ' /tensors/a/indices', '"indices" is missing', 'indices: [N, C, 2*P + R]'],
    [full('M: 2', 'a: {indices: [M]}'), ':3:10 /tensors', 'no tensor is the output', '`output: true` at exactly one tensor'],
    [full('M: 2', `a: {indices: [M], output: true}, ${output}`), ':3:10 /tensors', 'a and c are the output', 'at exactly one tensor'],
    [full('M: 2, N: 3', `a: {indices: [M]}, ${output}`), ' /dimensions/N', 'N is in no index of a tensor', 'leave it out'],
    [full('M: 2, M: 3', output), 'problem.yaml:2:20', 'Map keys must be unique', 'indentation'],
    [full('M: 2147483647, N: 2147483647', `a: {indices: [N]}, ${output}`), ' /dimensions', 'more than 2^53 multiply-adds', 'split it'],
    [
      full('M: 2', `${[...'abdefghi'].map((name) => `${name}: {indices: [M]}`).join(', ')}, ${output}`),
      ' /tensors',
      '9 tensors are more than the 8',
      'chain',
    ],
    [
      full(
        [...'ABCDEFGHIJKLMNOPQ'].map((name) => `${name}: 1`).join(', '),
        `a: {indices: [${[...'ABCDEFGHIJKLMNOPQ'].join(', ')}]}, ${output}`,
      ),
      ' /dimensions',
      '17 dimensions are more than the 16',
      'merge dimensions',
    ],
    [
      'dimensions: {M: 2}\ntensors: {a: {indices: [M]}, c: {indices: [M], output: true}}\n',
      ' /tensors/a',
      'how wide an element of a is',
      'dtype: fp16',
    ],
    [full('M: 2', 'a: {indices: [M], dtype: int8, width: 8 b}'), ' /tensors/a/width', 'exclude each other', 'keep one of the two'],
    [full('M: 2', 'c: {indices: [M], output: true, width: 12 Hz}'), ' /tensors/c/width', '"12 Hz" is a frequency', '24 MiB'],
    [full('M: 2', 'c: {indices: [M], output: true, width: 1.5 b}'), ' /tensors/c/width', 'is not one of whole bits', 'width: 12 b'],
    [full('M: 2', 'c: {indices: [M], output: true, dtype: int9}'), ' /tensors/c/dtype', 'is not one of', 'did you mean int8'],
    ['dtype: int8\ngemm: {m: 8, n: 4}\n', 'problem.yaml:2:7 /gemm/k', '"k" is missing', 'add k'],
    ['dtype: int8\ngemm: {m: 8, n: 4, k: 6, l: 2}\n', ' /gemm/l', '"l" is not a key here', 'keys here: m, n, k'],
    ['dtype: int8\ngem: {m: 8}\n', 'problem.yaml:2:6 /gem', '"gem" is not a key here', 'did you mean gemm'],
    [`${gemm}gemv: {n: 2, k: 2}\n`, 'problem.yaml:3:7 /gemv', 'a problem is one of gemm and gemv', 'one file for each'],
    [`${gemm}dimensions: {M: 2}\n`, ' /dimensions', 'gemm has dimensions of its own', 'leave dimensions out'],
    [`${gemm}tensors: {weight: {dtype: int4}}\n`, ' /tensors/weight', '"weight" is not a tensor of gemm', 'did you mean weights'],
    [
      `${gemm}tensors: {weights: {indices: [K]}}\n`,
      ' /tensors/weights/indices',
      'gemm fixes the indices of weights',
      'write dimensions and tensors',
    ],
    [
      'dtype: int8\nconv1d: {k: 4, c: 3, p: 2, r: 2, groups: 2}\n',
      ' /conv1d/c',
      '3 channels do not split into 2 groups',
      'choose sizes that divide',
    ],
  ])('%j is told at its place', (text, place, message, hint) => {
    const error = failure(() => parseProblem('problem', text))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })

  it('in a name is told with the nearest shipped one', () => {
    expect(failure(() => loadProblem('conv1')).suggestions).toContain('did you mean conv1d')
    expect(failure(() => loadProblem('no/such.yaml')).code).toBe('FILE_UNREADABLE')
  })
})
