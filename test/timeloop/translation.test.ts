import {describe, expect, it} from 'vitest'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {parseStrategy} from '../../src/mapping/load-strategy.js'
import {yamlText} from '../../src/spec/write-yaml.js'
import {parseProblem} from '../../src/workload/load-problem.js'
import {translatedDesign} from '../support/timeloop-design.js'

type Changes = Parameters<typeof translatedDesign>[0]
const madeOf = (changes?: Changes) => {
  const {files} = translatedDesign(changes)
  const problem = parseProblem('problem', yamlText(files['problem.yaml']))
  const hierarchy = parseHierarchy('accelerator', yamlText(files['accelerator.yaml']))
  return {files, problem, hierarchy}
}
const levelsOf = (changes?: Changes) => madeOf(changes).hierarchy.levels
const mappingOf = (factors: Changes) => translatedDesign(factors).files['mapping.yaml']!['levels']
const strategyOf = (text: string, changes: Changes = {}) =>
  translatedDesign({...changes, 'limits.yaml': `mapspace_constraints:\n  - {${text}}\n`}).files['strategy.yaml']!['levels']

describe('an architecture of Timeloop', () => {
  it('becomes levels, outermost first, with what they hold, spread, move and cost', () => {
    // Two banks of 32 b beside each other are one line of Timeloop; 128 lines of 4 words; 2 words a cycle.
    expect(levelsOf()).toMatchObject([
      {name: 'DRAM', kind: 'dram', capacityBytes: Number.POSITIVE_INFINITY, accessBits: 64, fanout: {x: 1, y: 1}},
      {name: 'Buffer', kind: 'scratchpad', capacityBytes: 512, accessBits: 32, fanout: {x: 2, y: 2}, readBytesPerCycle: 2},
      {name: 'Spad', kind: 'register', capacityBytes: 8, accessBits: 8, instanceCount: 4, fanout: {x: 1, y: 1}},
    ])
    // Timeloop shares words also through levels that let a tensor pass, so every level shares.
    expect(levelsOf().every(({isMulticast, isReducing}) => isMulticast && isReducing)).toBe(true)
  })

  it('costs what its table says, at most over arguments, a write where it has no update', () => {
    const [dram, buffer] = levelsOf()
    // 200, 210, 220 pJ an access of 8 bytes; 4, 5, 5 pJ one of 4.
    expect(dram!.readJoulesPerByte).toBeCloseTo(25e-12, 20)
    expect(dram!.fillJoulesPerByte).toBeCloseTo(26.25e-12, 20)
    expect(dram!.updateJoulesPerByte).toBeCloseTo(27.5e-12, 20)
    expect([buffer!.readJoulesPerByte, buffer!.fillJoulesPerByte, buffer!.updateJoulesPerByte]).toEqual([1e-12, 1.25e-12, 1.25e-12])
    expect(madeOf().hierarchy.arithmetic.joulesPerOperation).toBe(0.75e-12)
  })

  it('may state the energies itself, and name its table by version 0.2', () => {
    const [, buffer] = levelsOf({
      'arch.yaml': [['n_banks: 2', 'vector-access-energy: 8']],
      'ert.yaml':
        'ERT: {tables: {DRAM: {read: [{energy: 8}], write: [{energy: 8}]}, "PE[0..3].Spad": {read: {energy: 1}, write: {energy: 1}}, MAC: {mac_random: [{energy: 1}]}}}\n',
    })
    expect(buffer!.readJoulesPerByte).toBe(2e-12)
  })

  it.each([
    ['entries: 8', 'sizeKB: 1', 1024],
    ['entries: 8', 'depth: 3, width: 16', 6],
    ['entries: 8', 'data_storage_depth: 3, data_storage_width: 16', 6],
    ['entries: 8', 'depth: 5, width: 32, cluster-size: 2', 10],
    ['entries: 8, word-bits: 8', 'entries: 8', 16],
  ])('sizes a storage with %s → %s', (from, to, bytes) => {
    expect(levelsOf({'arch.yaml': [[from, to]]})[2]!.capacityBytes).toBe(bytes)
  })

  it('halves a bandwidth for both ways between reading and writing, shares one that is shared, and doubles buffers', () => {
    const both = levelsOf({'arch.yaml': [['read_bandwidth: 2', 'bandwidth: 6, multiple-buffering: 2']]})[1]!
    expect(both).toMatchObject({readBytesPerCycle: 3, writeBytesPerCycle: 3, bufferCount: 2})
    const shared = levelsOf({'arch.yaml': [['read_bandwidth: 2', 'shared_bandwidth: 5']]})[1]!
    expect(shared).toMatchObject({sharedBytesPerCycle: 5, readBytesPerCycle: Number.POSITIVE_INFINITY})
  })

  it('charges a cluster once for all of its instances in use', () => {
    // Four instances in two clusters of two: half an access each.
    const spad = levelsOf({
      'arch.yaml': [['{entries: 8', '{cluster-size: 2, entries: 8']],
      'map.yaml': 'mapping: []\n',
      'prob.yaml': [['{M: 4, N: 2, K: 6}', '{M: 1, N: 1, K: 1}']],
    })
    expect(spad[2]!.readJoulesPerByte).toBe(0.5e-12)
    const [, , alone] = madeOf({'arch.yaml': [['{entries: 8', '{cluster-size: 2, entries: 8']]}).hierarchy.levels
    expect(alone!.readJoulesPerByte).toBe(0.5e-12)
  })

  it('leaves out, and says so, what Timeloop does not read either', () => {
    const {ignored} = translatedDesign({
      'arch.yaml': [['                - name: Spad\n', '                - {name: Adder, class: intadder}\n                - name: Spad\n']],
      'area.yaml': 'ART: {}\nmapper: {}\n',
    })
    expect(ignored.map(({what}) => what)).toEqual(['ART of area.yaml', 'mapper of area.yaml', 'component Adder'])
  })

  it('may be a tree of version 0.4, with attributes handed down and constraints inside', () => {
    const {files, hierarchy} = madeOf({
      'arch.yaml': `architecture:
  version: 0.4
  nodes:
    - !Container
      name: system
      attributes: {word-bits: 8}
    - !Component {name: DRAM, class: DRAM, attributes: {width: 64, block-size: 8}}
    - !Component
      name: Buffer
      class: SRAM
      attributes: {depth: 128, width: 32}
      constraints:
        temporal: {no_reuse: [], factors: [K<=3], permutation: [K, N]}
        dataspace: {keep: [A], bypass: [B]}
    - !Container {name: PE, spatial: {meshX: 2, meshY: 2}}
    - !Component {name: Spad, class: regfile, attributes: {entries: 8}}
    - !Component {name: MAC, class: intmac}
`,
    })
    expect(hierarchy.levels).toMatchObject([
      {name: 'DRAM', accessBits: 64},
      {name: 'Buffer', capacityBytes: 512, accessBits: 32, fanout: {x: 2, y: 2}},
      {name: 'Spad', instanceCount: 4},
    ])
    expect(files['strategy.yaml']!['levels']).toEqual({Buffer: {temporal: ['K <= 3'], innermost: ['N', 'K'], keep: ['A'], bypass: ['B']}})
  })
})

describe('a problem of Timeloop', () => {
  it('becomes dimensions and indices with the coefficients of its instance', () => {
    const {files} = translatedDesign({
      'prob.yaml': `problem:
  shape:
    dimensions: [P, R]
    coefficients: [{name: Wstride, default: 2}, {name: Rdilation, default: 3}]
    data-spaces:
      - {name: I, projection: [[[P, Wstride], [R, Rdilation]]]}
      - {name: Filters, projection: [[[R]]]}
      - {name: O, projection: [[[P]]], read-write: True}
  instance: {P: 4, R: 3, Wstride: 1}
`,
      'map.yaml': 'mapping: [{target: DRAM, type: temporal, factors: P=4 R=3}]\n',
    })
    expect(files['problem.yaml']).toMatchObject({
      dimensions: {P: 4, R: 3},
      tensors: {I: {indices: ['P + 3*R'], width: '8 b'}, Filters: {class: 'weights', indices: ['R']}, O: {output: true}},
    })
  })

  it.each([
    ['no shape', '{R: 3, S: 3, P: 4, Q: 4, C: 2, K: 2, N: 1, Wstride: 2}', ['N', 'C', 'R + 2*P', 'S + Q']],
    ['cnn_layer', '{shape: cnn_layer, R: 3, S: 3, P: 4, Q: 4, C: 2, K: 2, N: 1}', ['N', 'C', 'R + P', 'S + Q']],
  ])('takes the layer that Timeloop has for %s', (_, text, indices) => {
    const {files} = translatedDesign({'prob.yaml': `problem: ${text}\n`, 'map.yaml': 'mapper: {}\n'})
    expect(files['problem.yaml']!['tensors']).toMatchObject({
      Weights: {indices: ['C', 'K', 'R', 'S']},
      Inputs: {indices},
      Outputs: {output: true},
    })
    expect(files).not.toHaveProperty(['mapping.yaml'])
  })

  it('takes the product that Timeloop has by name', () => {
    const {files} = translatedDesign({'prob.yaml': 'problem: {shape: gemm_ABZ, instance: {M: 4, N: 2, K: 6}}\n'})
    expect(files['problem.yaml']!['tensors']).toMatchObject({A: {indices: ['M', 'K']}, B: {indices: ['N', 'K']}, Z: {indices: ['M', 'N']}})
  })
})

describe('a mapping of Timeloop', () => {
  it('has its loops outermost first, a factor of 0 as the rest, dimensions up to the split along x', () => {
    expect(mappingOf({})).toEqual({
      DRAM: {temporal: ['M 2', 'K 3']},
      Buffer: {temporal: ['N 2', 'K 2'], x: ['M 2']},
      Spad: {bypass: ['A', 'B']},
    })
    expect(mappingOf({'map.yaml': [['split: 1', 'split: 0']]})).toMatchObject({Buffer: {y: ['M 2']}})
  })

  it.each(['M2 K3', 'M=2,K=3', 'M = 2 K = 3', '[M=2, K=3]', 'M=2 K=3 # all'])('reads the factors %s', (factors) => {
    const written = factors.startsWith('[') ? factors : `"${factors}"`
    expect(mappingOf({'map.yaml': [['M=2 K=3', written]]})).toMatchObject({DRAM: {temporal: ['M 2', 'K 3']}})
  })

  it.each(['KM', '"K,M"', '[K, M, N]', 'K M', 'K'])('orders its loops by %s, the dimensions left out outside', (order) => {
    expect(mappingOf({'map.yaml': [['KM}', `${order}}`]]})).toMatchObject({DRAM: {temporal: ['M 2', 'K 3']}})
  })

  it('may name a storage by its place from the innermost', () => {
    expect(mappingOf({'map.yaml': [['target: Spad', 'target: 0']]})).toMatchObject({Spad: {bypass: ['A', 'B']}})
  })

  it('states the turns of the last round where factors do not divide', () => {
    const map = (factors: string, inner: string): Changes => ({
      'map.yaml': [
        ['M=2 K=3', `"M=2 ${factors}"`],
        ['K0', inner],
      ],
    })
    expect(mappingOf(map('K=2', 'K=4,2'))).toMatchObject({DRAM: {temporal: ['M 2', 'K 2']}, Buffer: {temporal: ['N 2', 'K 4']}})
    expect(() => mappingOf(map('K=2', 'K=4'))).toThrow('do not make up its 6')
    expect(() => mappingOf(map('K=3,2', 'K=2'))).toThrow('is cut short, though the factors divide 6')
    expect(() => mappingOf(map('K=3,2', 'K=4,2'))).toThrow('K=3 has turns that nothing is left for')
  })
})

describe('constraints of Timeloop', () => {
  it('become what a strategy fixes, bounds and orders, for both forms of a list', () => {
    const expected = {Buffer: {temporal: ['K <= 3', 'N rest'], innermost: ['N', 'K']}}
    expect(strategyOf('target: Buffer, type: temporal, factors: K<=3 N=0, permutation: KN')).toEqual(expected)
    const nested = `architecture_constraints:\n  targets:\n    - target: Buffer\n      constraints: [{type: temporal, attributes: {factors: K<=3 N=0, permutation: KN}}]\n`
    expect(translatedDesign({'limits.yaml': nested}).files['strategy.yaml']!['levels']).toEqual(expected)
  })

  it('say which dimensions run along each axis', () => {
    expect(strategyOf('target: Buffer, type: spatial, factors: M<=2 K=1, permutation: MNK, split: 1')).toEqual({
      Buffer: {x: ['M <= 2', 'K 1', 'N 1'], y: ['M 1', 'K 1']},
    })
  })

  it('load as a strategy for what the import made', () => {
    const {files, problem, hierarchy} = madeOf({
      'limits.yaml': 'constraints:\n  targets:\n    - {target: Spad, type: datatype, keep: [Z], bypass: [A, B]}\n',
    })
    expect(files['strategy.yaml']!['levels']).toEqual({Spad: {keep: ['Z'], bypass: ['A', 'B']}})
    expect(() => parseStrategy(yamlText(files['strategy.yaml']), problem, hierarchy)).not.toThrow()
  })
})
