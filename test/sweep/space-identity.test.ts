import {beforeEach, describe, expect, it} from 'vitest'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {profileOf} from '../../src/cost/calibrated/profile.js'
import {spaceHash} from '../../src/store/space-definition.js'
import type {DesignSpace} from '../../src/sweep/design-space.js'
import {spaceIdentity} from '../../src/sweep/space-identity.js'
import {edited, small, smallAccelerator} from '../support/small-accelerator.js'
import {onlySpace, smallStudy, studyOf} from './studies.js'

let base: DesignSpace

beforeEach(() => {
  base = {...onlySpace(studyOf(smallStudy)), fidelity: 'roofline'}
})

const hashOf = (changed: Partial<DesignSpace>): string => spaceHash(spaceIdentity({...base, ...changed}))
const ofSmall = (text: string): string => hashOf({accelerator: parseAccelerator('small', text), machineAxes: []})

describe('the identity of a space', () => {
  it('changes with each number that an accelerator file holds', () => {
    const accelerator = small()
    const before = ofSmall(smallAccelerator)
    expect(accelerator.leaves.length).toBeGreaterThan(25)
    const unchanged = accelerator.leaves.filter((leaf) => {
      const other = {...leaf, expression: {...leaf.expression, text: `2 * (${leaf.expression.text})`}}
      const leaves = accelerator.leaves.map((each) => (each === leaf ? other : each))
      return hashOf({accelerator: {...accelerator, leaves}, machineAxes: []}) === before
    })
    expect(unchanged.map(({pointer}) => pointer)).toEqual([])
  })

  it.each([
    ['a free parameter', 'cores: 4', 'cores: 5'],
    ['a derived parameter', 'wires: 8 * cores', 'wires: 9 * cores'],
    ['the kind of a unit', 'kind: matrix', 'kind: vector'],
    ['a tile', 'm: 8, n: 8', 'm: 16, n: 8'],
    ['a point of the voltage curve', 'voltage: 0.9 V}', 'voltage: 0.95 V}'],
    ['a point of the idle curve', 'power: 2 W}', 'power: 3 W}'],
    [
      'the clock of a memory',
      '    capacity: cache\n    clock: core\n    bandwidth: 2 B/cycle * wires',
      '    capacity: cache\n    bandwidth: 2 GB/s * wires',
    ],
    ['a bypass', '    bandwidth: 10 GB/s\n', '    bandwidth: 10 GB/s\n    bypass: [weights]\n'],
    ['ports of its own for reads and writes', '    bandwidth: 10 GB/s\n', '    readBandwidth: 10 GB/s\n    writeBandwidth: 10 GB/s\n'],
  ])('changes with %s', (_, before, after) => {
    expect(ofSmall(edited(before, after))).not.toBe(ofSmall(smallAccelerator))
  })

  it.each([
    ['the title', 'title: Small', 'title: Smaller'],
    ['a source', 'title: a book', 'title: another book'],
    ['a source of its own', 'power:\n  limit: 20 W', 'power:\n  source: book\n  limit: 20 W'],
    ['an estimate', 'latency: 20 ns', 'latency: {value: 20 ns, source: book, estimate: guessed}'],
    ['what a parameter is said to describe', 'cores: 4', 'cores: {value: 4, describes: cores}'],
  ])('stays with %s', (_, before, after) => {
    expect(ofSmall(edited(before, after))).toBe(ofSmall(smallAccelerator))
  })

  it('stays when an axis is extended, and with the value that a varied parameter has in the file', () => {
    const wider = studyOf(
      smallStudy.replace('[100, 132, 140]', '[1, 2]').replace('[1410 MHz, 1980 MHz]', '[345 MHz]').replace('[1, 8]', '[64]'),
    )
    expect(hashOf(onlySpace(wider))).toBe(hashOf(onlySpace(studyOf(smallStudy))))
    expect(hashOf({accelerator: {...loadAccelerator('h100-sxm', {set: {sms: '99'}}), name: 'machine'}})).toBe(hashOf({}))
    expect(hashOf({accelerator: {...loadAccelerator('h100-sxm', {set: {l2: '99 MiB'}}), name: 'machine'}})).not.toBe(hashOf({}))
  })

  it('changes with the axes themselves', () => {
    expect(hashOf({machineAxes: base.machineAxes.slice(1)})).not.toBe(hashOf({}))
    expect(hashOf({passAxes: []})).not.toBe(hashOf({}))
    expect(hashOf({machineAxes: base.machineAxes.toReversed()})).toBe(hashOf({}))
  })

  it('changes with each setting of the pass, and with the fidelity', () => {
    const settings = [
      {promptTokens: 9},
      {contextTokens: 9},
      {dtype: 'fp8'},
      {kvDtype: 'fp8'},
      {fused: false},
      {lmHead: 'none'},
      {tensorParallel: 2},
    ] as const
    const hashes = settings.map((setting) => hashOf({pass: {...base.pass, ...setting}}))
    expect(new Set([hashOf({}), hashOf({fidelity: 'calibrated'}), ...hashes]).size).toBe(settings.length + 2)
  })

  it('changes with each field of a model that shapes its graph, and not with where it is from', () => {
    const {model} = base
    if (model.kind !== 'transformer') throw new Error('a transformer was expected')
    const {spec} = model
    const withSpec = (changed: object): string => hashOf({model: {...model, spec: {...spec, ...changed}}})
    const changes = Object.entries(spec)
      .filter(([name]) => name !== 'name' && name !== 'source')
      .map(([name, value]) => ({[name]: changedValue(value)}))
    expect(changes.length).toBeGreaterThan(12)
    const hashes = changes.map(withSpec)
    expect(new Set([hashOf({}), ...hashes]).size).toBe(changes.length + 1)
    expect(withSpec({source: 'elsewhere'})).toBe(hashOf({}))
    expect(hashOf({model: {...model, source: 'elsewhere', publishedParameterCount: 1}})).toBe(hashOf({}))
  })

  it('holds what a calibrated profile decides, and not what it was fitted on', () => {
    const {profile} = spaceIdentity({...base, fidelity: 'calibrated'}).constants as {profile: unknown[][]}
    const [entry] = profileOf(base.accelerator)
    expect(profile[0]).toEqual([entry!.class, entry!.dtype, ...entry!.parameters])
    expect((spaceIdentity(base).constants as {profile: unknown}).profile).toBeNull()
  })
})

function changedValue(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return `${value}-other`
  return {...(value as object), changed: true}
}
