import {describe, expect, it} from 'vitest'
import {importedMapping} from '../support/timeloop-figures.js'

/** A 3 × 3 convolution of stride 2, from 3 channels to 32 of 112 × 112: the problem of the example designs. */
const problem = {
  instance: {C: 3, M: 32, N: 1, P: 112, Q: 112, R: 3, S: 3, Wstride: 2, Hstride: 2, Wdilation: 1, Hdilation: 1},
  shape: {
    name: 'CNN-Layer',
    dimensions: ['C', 'M', 'R', 'S', 'N', 'P', 'Q'],
    coefficients: ['Wstride', 'Hstride', 'Wdilation', 'Hdilation'].map((name) => ({name, default: 1})),
    'data-spaces': [
      {name: 'Weights', projection: [[['C']], [['M']], [['R']], [['S']]]},
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
      {name: 'Outputs', projection: [[['N']], [['M']], [['Q']], [['P']]], 'read-write': true},
    ],
  },
}

interface Storage {
  readonly name: string
  readonly keep: string
  readonly mesh?: readonly [x: number, y: number]
  /** Outermost first. */
  readonly temporal?: string
  readonly spatial?: string
  readonly split?: number
}

/** A design as inputs of Timeloop, the multiply-adders in the mesh of the last storage; every access costs 1 pJ. */
function inputsOf(storages: readonly Storage[]): Record<string, unknown> {
  const componentOf = (name: string, className: string, [meshX, meshY]: readonly [number, number] = [1, 1]) => ({
    name: `${name}[1..${meshX * meshY}]`,
    class: className,
    attributes: {'word-bits': 8, 'block-size': 1, meshX, meshY},
  })
  const local = [
    ...storages.map(({name, mesh}) => componentOf(name, name === 'DRAM' ? 'DRAM' : 'smartbuffer_SRAM', mesh)),
    componentOf('MAC', 'intmac', storages.at(-1)!.mesh),
  ]
  const loops = (type: string, {name, split}: Storage, outward: string | undefined) =>
    outward === undefined
      ? []
      : [{target: name, type, factors: outward, permutation: outward.replaceAll(/[^A-Z]/g, ''), ...(type === 'spatial' ? {split} : {})}]
  const inward = (outward: string | undefined) => outward?.split(' ').toReversed().join(' ')
  return {
    architecture: {version: 0.3, subtree: [{name: 'system', local}]},
    problem,
    mapping: storages.flatMap((storage) => [
      ...(storage.name === 'DRAM'
        ? []
        : [
            {
              target: storage.name,
              type: 'bypass',
              keep: storage.keep.split(' ').filter((name) => name !== ''),
              bypass: ['Weights', 'Inputs', 'Outputs'].filter((name) => !storage.keep.includes(name)),
            },
          ]),
      ...loops('temporal', storage, inward(storage.temporal)),
      ...loops('spatial', storage, inward(storage.spatial)),
    ]),
    ERT: {
      version: 0.3,
      tables: [...storages.map(({name}) => name), 'MAC'].map((name) => ({
        name: `system.${name}[1..1]`,
        actions: ['read', 'write', 'update', 'leak', 'compute'].map((action) => ({name: action, arguments: {}, energy: 1})),
      })),
    },
  }
}

/** Tile, reads, fills and updates of one instance, by level and tensor; levels that keep nothing are left out. */
function countsOf(storages: readonly Storage[]): unknown {
  const {levels, cycles} = importedMapping(inputsOf(storages))
  const kept = levels.flatMap(({name, instances, tensors}) =>
    tensors
      .filter(({isKept}) => isKept)
      .map((tensor) => [`${name} ${tensor.name}`, [instances, tensor.tileWords, tensor.reads, tensor.fills, tensor.updates]] as const),
  )
  return {cycles, ...Object.fromEntries(kept)}
}

/** Instances, tile, reads, fills, updates, as printed in workspace/{baseline,example}_designs of Accelergy-Project/timeloop-accelergy-exercises. */
describe('example designs of Timeloop’s tutorials', () => {
  it('an Eyeriss-like array: inputs that slide along one rank and repeat along others', () => {
    const eyeriss = (spread: string, loops: readonly [string, string, string | undefined, string]): Storage[] => [
      {name: 'DRAM', keep: 'Weights Inputs Outputs', temporal: loops[0]},
      {name: 'glb', keep: 'Inputs Outputs', temporal: loops[1]},
      {name: 'columns', keep: '', spatial: spread, split: 7},
      {name: 'rows', keep: '', mesh: [14, 1], spatial: 'S=3 C=3', split: 0},
      {name: 'ifmap', keep: 'Inputs', mesh: [14, 12]},
      {name: 'weights', keep: 'Weights', mesh: [14, 12], ...(loops[2] === undefined ? {} : {temporal: loops[2]})},
      {name: 'psum', keep: 'Outputs', mesh: [14, 12], temporal: loops[3]},
    ]
    expect(countsOf(eyeriss('M=8', ['P=8 M=2', 'R=3 P=14 Q=112', undefined, 'M=2']))).toMatchObject({
      'DRAM Weights': [1, 864, 6912, 0, 0],
      'DRAM Inputs': [1, 151875, 156600, 0, 0],
      'glb Inputs': [1, 19575, 677376, 156600, 0],
      'glb Outputs': [1, 25088, 802816, 0, 1204224],
      'ifmap Inputs': [72, 1, 150528, 75264, 0],
      'weights Weights': [72, 2, 150528, 96, 0],
      'psum Outputs': [72, 2, 100352, 100352, 150528],
    })
    expect(countsOf(eyeriss('Q=14', ['P=8 Q=2 M=4', 'P=14 Q=4', 'R=3', 'M=8']))).toMatchObject({
      'DRAM Weights': [1, 864, 13824, 0, 0],
      'glb Inputs': [1, 9831, 1354752, 157296, 0],
    })
  })

  it('a Simba-like array: vectors of multiply-adders under shared input buffers', () => {
    const simba: Storage[] = [
      {name: 'DRAM', keep: 'Weights Inputs Outputs', temporal: 'Q=28'},
      {name: 'glb', keep: 'Inputs Outputs', temporal: 'P=4', spatial: 'C=3 M=4', split: 7},
      {name: 'PEInputBuffer', keep: 'Inputs', mesh: [16, 1], temporal: 'Q=4', spatial: 'M=4', split: 0},
      {name: 'PEWeightBuffer', keep: 'Weights', mesh: [16, 4], temporal: 'R=3 P=4 S=3'},
      {name: 'PEAccuBuffer', keep: 'Outputs', mesh: [16, 4], temporal: 'M=2 P=7'},
      {name: 'PEWeightRegs', keep: 'Weights', mesh: [16, 4]},
    ]
    expect(countsOf(simba)).toEqual({
      cycles: 225792,
      'DRAM Weights': [1, 864, 864, 0, 0],
      'DRAM Inputs': [1, 151875, 151875, 0, 0],
      'DRAM Outputs': [1, 401408, 0, 0, 401408],
      'glb Inputs': [1, 6075, 170100, 151875, 0],
      'glb Outputs': [1, 14336, 802816, 0, 1204224],
      'PEInputBuffer Inputs': [12, 513, 225792, 56700, 0],
      'PEWeightBuffer Weights': [48, 18, 32256, 18, 0],
      'PEAccuBuffer Outputs': [48, 14, 200704, 50176, 225792],
      'PEWeightRegs Weights': [48, 1, 225792, 32256, 0],
    })
  })

  it('a weight-stationary array: inputs of one register each turn', () => {
    const stationary: Storage[] = [
      {name: 'DRAM', keep: 'Weights Inputs Outputs', temporal: 'Q=8 P=2'},
      {name: 'glb', keep: 'Weights Inputs Outputs', temporal: 'R=3', spatial: 'M=4 C=3', split: 0},
      {name: 'pe_spad', keep: 'Weights', mesh: [16, 16], temporal: 'M=8 S=3 Q=7 P=7'},
      {name: 'weight_reg', keep: 'Weights', mesh: [16, 16], temporal: 'P=8 Q=2'},
      {name: 'input_reg', keep: 'Inputs', mesh: [16, 16]},
      {name: 'output_reg', keep: 'Outputs', mesh: [16, 16]},
    ]
    expect(countsOf(stationary)).toMatchObject({
      cycles: 903168,
      'glb Weights': [1, 864, 13824, 864, 0],
      'glb Inputs': [1, 9831, 2709504, 156600, 0],
      'glb Outputs': [1, 25088, 3211264, 0, 3612672],
      'pe_spad Weights': [12, 24, 1152, 1152, 0],
      'weight_reg Weights': [12, 1, 903168, 1152, 0],
      'input_reg Inputs': [12, 1, 903168, 903168, 0],
      'output_reg Outputs': [12, 1, 802816, 802816, 903168],
    })
  })
})
