import {describe, expect, it} from 'vitest'
import {canonicalJson, checkAxisNames, type SpaceDefinition, spaceHash} from '../../src/store/space-definition.js'
import {definition} from './fixtures.js'

describe('spaceHash', () => {
  it('moves with everything that decides the numbers', () => {
    const changes: Partial<SpaceDefinition>[] = [
      {accelerator: 'a100-sxm-80gb'},
      {workload: 'gpt2'},
      {phase: 'prefill'},
      {fidelity: 'calibrated'},
      {modelVersion: '2'},
      {constants: {dramJoulesPerByte: 4e-12, levels: ['l2', 'hbm']}},
      {axes: [{name: 'smCount', unit: ''}]},
      {axes: [definition.axes[0]!, {name: 'batch', unit: 'B'}]},
      {axes: [definition.axes[0]!, {name: 'batch', unit: '', kind: 'value'}]},
      {axes: [definition.axes[0]!, {name: 'batch', unit: '', kind: 'index'}]},
      {boundNames: ['hbm', 'matrix']},
    ]
    const hashes = [definition, ...changes.map((change) => ({...definition, ...change}))].map(spaceHash)
    expect(new Set(hashes).size).toBe(changes.length + 1)
  })

  it('stays where only the order of axes or of keys differs', () => {
    const reordered = {...definition, axes: definition.axes.toReversed(), constants: {levels: ['l2', 'hbm'], dramJoulesPerByte: 3.9e-12}}
    expect(spaceHash(reordered)).toBe(spaceHash(definition))
  })

  it('stays where an axis says that it has levels, as axes do', () => {
    const axes = definition.axes.map((axis) => ({...axis, kind: 'level' as const}))
    expect(spaceHash({...definition, axes})).toBe(spaceHash(definition))
  })

  it('refuses a constant that JSON would turn into null', () => {
    expect(() => canonicalJson({clockHertz: Number.NaN})).toThrow(
      expect.objectContaining({
        code: 'SPACE_NOT_JSON',
        message: 'NaN cannot stand among the constants of a space: JSON has no such number',
        suggestions: ['leave the constant out, or write it as a text'],
      }),
    )
  })
})

describe('checkAxisNames', () => {
  it.each([
    {names: ['l2 size'], code: 'AXIS_NAME_FORM', hint: 'rename the axis, as in `hbmBandwidth`'},
    {names: ["a'b"], code: 'AXIS_NAME_FORM', hint: 'rename the axis, as in `hbmBandwidth`'},
    {names: ['clockHertz'], code: 'AXIS_NAME_TAKEN', hint: 'rename the axis, as in `clockHertzSetting`'},
    {names: ['phase'], code: 'AXIS_NAME_TAKEN', hint: 'rename the axis, as in `phaseSetting`'},
    {names: ['smCount', 'sm_count'], code: 'AXIS_NAME_TWICE', hint: 'rename one of them'},
  ])('refuses $names with $code', ({names, code, hint}) => {
    expect(() => checkAxisNames(names.map((name) => ({name, unit: ''})))).toThrow(expect.objectContaining({code, suggestions: [hint]}))
  })

  it('takes letters of any alphabet, dots and slashes', () => {
    expect(() => checkAxisNames(['größe', 'hbm.bandwidth', 'l2/size', 'a-b'].map((name) => ({name, unit: ''})))).not.toThrow()
  })
})
