import {describe, expect, it} from 'vitest'
import {failure} from '../support/small-accelerator.js'
import {timeloopDesign, translatedDesign} from '../support/timeloop-design.js'

type Change = Parameters<typeof translatedDesign>[0]
type Row = readonly [what: string, change: Change, place: string, message: string]

function expectError(code: string, change: Change, place: string, message: string): void {
  const error = failure(() => translatedDesign(change))
  expect(error).toMatchObject({code})
  expect(error.message).toContain(message)
  expect(error.message).toMatch(new RegExp(`^${place.replaceAll('.', '\\.')}:`))
}

const buffer = 'attributes: {memory_depth: 128'
const constraint = (text: string): Change => ({'limits.yaml': `architecture_constraints:\n  targets:\n    - {${text}}\n`})

const unsupported: readonly Row[] = [
  ['sparse optimizations', {'sparse.yaml': 'sparse_optimizations: {}\n'}, 'sparse.yaml:1', 'sparse tensors are not modelled'],
  ['densities', {'prob.yaml': [['{M: 4, ', '{densities: {A: 0.5}, M: 4, ']]}, 'prob.yaml:9', 'sparse tensors'],
  ['a density of all tensors', {'prob.yaml': [['{M: 4, ', '{commonDensity: 0.5, M: 4, ']]}, 'prob.yaml:9', 'sparse tensors'],
  [
    'storage of metadata',
    {'arch.yaml': [[buffer, 'attributes: {metadata_storage_width: 4, memory_depth: 128']]},
    'arch.yaml:14',
    'metadata',
  ],
  ['flattened dimensions', {'prob.yaml': [['name: Product', 'flatten: [M]']]}, 'prob.yaml:3', 'flattened'],
  ['a shape that stands elsewhere', {'prob.yaml': 'problem: {shape: my-own, M: 4}\n'}, 'prob.yaml:1', 'the shape my-own'],
  ['coefficients below zero', {'prob.yaml': [['[[[K]], [[N]]]', '[[[K, -1]], [[N]]]']]}, 'prob.yaml:7', 'K times -1'],
  ['the form before version 0.2', {'arch.yaml': 'architecture: {arithmetic: {}, storage: []}\n'}, 'arch.yaml:1', 'before version 0.2'],
  [
    'a second branch',
    {'arch.yaml': [['          subtree:\n', '          subtree:\n            - {name: other, local: []}\n']]},
    'arch.yaml:17',
    'a second subtree',
  ],
  ['networks', {'arch.yaml': [['class: smartbuffer_SRAM', 'class: XY_NoC']]}, 'arch.yaml:12', 'Buffer is a network'],
  ['energies of routers', {'arch.yaml': [[buffer, 'attributes: {router-energy: 1, memory_depth: 128']]}, 'arch.yaml:14', 'router_energy'],
  [
    'energies of wires',
    {'ert.yaml': [['  tables:\n', '  tables:\n    - {name: system.wire, actions: [{name: transfer_random, energy: 1}]}\n']]},
    'ert.yaml:4',
    'wires',
  ],
  ['three buffers', {'arch.yaml': [[buffer, 'attributes: {multiple-buffering: 3, memory_depth: 128']]}, 'arch.yaml:14', '3 buffers'],
  ['clusters larger than the array', {'arch.yaml': [['{entries: 8', '{cluster-size: 8, entries: 8']]}, 'arch.yaml:18', 'clusters of 8'],
  ['several outermost storages', {'arch.yaml': [['- name: DRAM', '- name: DRAM[0..1]']]}, 'arch.yaml:6', 'there are 2 of it'],
  ['names of levels that are none', {'arch.yaml': [['name: Spad', 'name: 2Spad']]}, 'arch.yaml:18', '"2Spad"'],
  ['skewed arrays', {'map.yaml': [['type: spatial', 'type: skew']]}, 'map.yaml:4', 'skew'],
  ['switches of reuse', {'map.yaml': [['split: 1', 'split: 1, no-multicast: [A]']]}, 'map.yaml:4', 'no_multicast'],
  ['keys that it does not read', {'map.yaml': [['split: 1', 'spilt: 1']]}, 'map.yaml:4', '"spilt" says nothing here'],
  ['tensors that pass the outermost storage', {'map.yaml': [['target: Spad', 'target: DRAM']]}, 'map.yaml:5', 'A passes it'],
  ['least counts', constraint('target: Buffer, type: temporal, factors: M>=2'), 'limits.yaml:3', 'least counts'],
  ['a least share', constraint('target: Buffer, type: utilization, min: 0.5'), 'limits.yaml:3', 'utilization'],
  ['tensors that never enter', constraint('target: DRAM, type: bypass, bypass: [A]'), 'limits.yaml:3', 'keeps every tensor'],
  ['counts along one of two axes', constraint('target: Buffer, type: spatial, factors: M<=2'), 'limits.yaml:3', 'x or y'],
]

const invalid: readonly Row[] = [
  ['an unknown part', {'more.yaml': 'archtecture: {}\n'}, 'more.yaml:1', '"archtecture" is no part'],
  ['an empty file', {'more.yaml': '# nothing\n'}, 'more.yaml:1', 'holds nothing'],
  ['two mappings', {'more.yaml': timeloopDesign['map.yaml']!}, 'more.yaml:2', 'a second mapping; the first stands in map.yaml'],
  ['a component without a class', {'arch.yaml': [['          class: DRAM\n', '']]}, 'arch.yaml:6', 'a name and a class'],
  ['nothing that computes', {'arch.yaml': [['class: intmac', 'class: regfile']]}, 'arch.yaml:2', '0 components compute and 4 store'],
  ['two of one name', {'arch.yaml': [['name: Spad', 'name: Buffer']]}, 'arch.yaml:18', 'Buffer is the name of two'],
  ['a range without an end', {'arch.yaml': [['PE[0..3]', 'PE[4]']]}, 'arch.yaml:16', 'how many'],
  ['uneven rows', {'arch.yaml': [['word-bits: 8, meshX: 2', 'word-bits: 8, meshX: 3']]}, 'arch.yaml:20', 'rows of 3'],
  ['uneven arrays', {'arch.yaml': [['datawidth: 8, meshX: 2', 'datawidth: 8, meshX: 1']]}, 'arch.yaml:21', 'do not stand evenly'],
  ['blocks that do not fill the width', {'arch.yaml': [['block-size: 8', 'block-size: 3']]}, 'arch.yaml:8', '64 b wide'],
  ['two sizes', {'arch.yaml': [[buffer, 'attributes: {sizeKB: 1, memory_depth: 128']]}, 'arch.yaml:14', 'the size is stated twice'],
  ['no bandwidth', {'arch.yaml': [['read_bandwidth: 2', 'read_bandwidth: 0']]}, 'arch.yaml:14', 'let nothing pass'],
  ['numbers that are none', {'arch.yaml': [['entries: 8', 'entries: many']]}, 'arch.yaml:20', '"many" is not a number'],
  ['a size left out', {'prob.yaml': [[', K: 6', '']]}, 'prob.yaml:9', 'the size of K'],
  ['an unknown dimension', {'prob.yaml': [['[[[K]], [[N]]]', '[[[K]], [[O]]]']]}, 'prob.yaml:7', '"O" is not a dimension'],
  ['an unknown coefficient', {'prob.yaml': [['[[[K]], [[N]]]', '[[[K, step]], [[N]]]']]}, 'prob.yaml:7', '"step" is not a coefficient'],
  ['an energy left out', {'ert.yaml': [['{name: read, energy: 0.5}, ', '']]}, 'ert.yaml:10', 'a read of Spad, whose table has write'],
  ['the energies of a storage', {'ert.yaml': 'ERT: {tables: []}\n'}, 'arch.yaml:6', 'nothing states the energy of a read of DRAM'],
  ['a table without tables', {'ert.yaml': 'ERT: {}\n'}, 'ert.yaml:1', 'no `tables`'],
  ['an unknown storage', {'map.yaml': [['target: Spad', 'target: Spud']]}, 'map.yaml:5', '"Spud" is not a storage'],
  ['an unknown tensor', {'map.yaml': [['bypass: [A, B]', 'bypass: [A, C]']]}, 'map.yaml:5', '"C" is not a data space'],
  ['an unknown type', {'map.yaml': [['type: spatial', 'type: special']]}, 'map.yaml:4', '"special" is not a type'],
  ['no type', {'map.yaml': [['type: spatial, ', '']]}, 'map.yaml:4', 'no type'],
  ['no target', {'map.yaml': [['target: Spad, ', '']]}, 'map.yaml:5', 'no target'],
  ['keeping what passes', {'map.yaml': [['keep: [Z]', 'keep: [A]']]}, 'map.yaml:5', 'A is both kept and let pass'],
  ['factors that are none', {'map.yaml': [['M=2 K=3', 'M=2 K=']]}, 'map.yaml:2', '"K=" is not a list of factors'],
  ['two factors of one dimension', {'map.yaml': [['M=2 K=3', 'M=2 M=2']]}, 'map.yaml:2', 'M has two factors'],
  ['bounds in a mapping', {'map.yaml': [['M=2 K=3', 'M<=2 K=3']]}, 'map.yaml:2', 'bounds belong into constraints'],
  ['a dimension twice in an order', {'map.yaml': [['KM}', 'KMK}']]}, 'map.yaml:2', 'K stands twice'],
  [
    'two directives of one kind',
    {'map.yaml': [['Buffer, type: temporal', 'DRAM, type: temporal']]},
    'map.yaml:3',
    'a second temporal at DRAM',
  ],
  ['factors that fall short', {'map.yaml': [['M=2 K=3', 'K=3']]}, 'map.yaml:2', 'the factors of M (2) do not make up its 4'],
  ['factors that go beyond', {'map.yaml': [['M=2 K=3', 'M=3 K=3']]}, 'map.yaml:2', 'the factors of M (3 × 2) do not make up its 4'],
  ['two rests', {'map.yaml': [['M=2 K=3', 'M=2 K=0']]}, 'map.yaml:2', 'K has 2 factors of 0'],
  ['a rest that is none', {'map.yaml': [['M=2 K=3', 'M=2 K=4']]}, 'map.yaml:3', 'do not divide 6'],
  ['a spread without an array', {'map.yaml': [['Buffer, type: spatial', 'DRAM, type: spatial']]}, 'map.yaml:4', 'DRAM'],
  [
    'a spread beyond the array',
    {
      'map.yaml': [
        ['factors: M=2, perm', 'factors: M=2 N=2, perm'],
        ['N2 K0', 'K0'],
        ['split: 1', 'split: 3'],
      ],
    },
    'map.yaml:4',
    '4',
  ],
  ['a split before the first', {'map.yaml': [['split: 1', 'split: -1']]}, 'map.yaml:4', 'a split after -1'],
  [
    'two constraints of one kind',
    {'limits.yaml': `mapspace:\n  constraints:\n${'    - {target: Buffer, type: temporal, factors: M=2}\n'.repeat(2)}`},
    'limits.yaml:4',
    'a second temporal factor of M',
  ],
]

describe('an import of Timeloop', () => {
  it.each(unsupported)('refuses %s by name and place', (_, change, place, message) => {
    expectError('TIMELOOP_UNSUPPORTED', change, place, message)
  })

  it.each(invalid)('points at %s', (_, change, place, message) => {
    expectError('TIMELOOP_INVALID', change, place, message)
  })

  it.each(['arch.yaml', 'prob.yaml'])('says what is missing without %s', (file) => {
    const error = failure(() => translatedDesign({[file]: 'mapper: {}\n'}))
    expect(error).toMatchObject({code: 'TIMELOOP_INCOMPLETE'})
    expect(error.message).toBe(`no file holds ${file === 'arch.yaml' ? 'architecture' : 'problem'}`)
  })
})
