import {describe, expect, it} from 'vitest'
import {buildGenerations, generationNames} from '../../src/accelerator/generation.js'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import {YamlSource} from '../../src/spec/yaml-source.js'
import {failure, smallAccelerator} from '../support/small-accelerator.js'

const build = (text: string) => buildGenerations(YamlSource.parse(text, 'generations.yaml'))

describe('buildGenerations', () => {
  it('keeps the measured devices of each in their order, and what it follows', () => {
    const generations = build('new: {title: New, measured: [], follows: old}\nold: {title: Old, measured: [b, a]}\n')
    expect([...generations.keys()]).toEqual(['new', 'old'])
    expect(generations.get('new')).toEqual({name: 'new', title: 'New', measured: [], follows: generations.get('old')})
    expect(generations.get('old')).toMatchObject({measured: ['b', 'a'], follows: undefined})
  })

  it('says where one follows an unknown one, and which is near', () => {
    const {message, suggestions} = failure(() => build('new: {title: New, measured: [], follows: odl}\nold: {title: Old, measured: []}\n'))
    expect(message).toBe('generations.yaml:1:42 /new/follows\n  "odl" is not a generation')
    expect(suggestions).toEqual(['did you mean old', 'known: new, old'])
  })

  it('says where they follow each other in a circle', () => {
    const text =
      'c: {title: C, measured: [], follows: a}\na: {title: A, measured: [], follows: b}\nb: {title: B, measured: [], follows: a}\n'
    const {message, suggestions} = failure(() => build(text))
    expect(message).toBe('generations.yaml:3:38 /b/follows\n  generations follow each other in a circle: a → b → a')
    expect(suggestions).toEqual(['let one of them stand on its own'])
    expect(failure(() => build('a: {title: A, measured: [], follows: a}\n')).message).toContain('a → a')
  })

  it('names a key that is none, and the one that is near', () => {
    const {message, suggestions} = failure(() => build('a: {title: A, measured: [], folows: b}\n'))
    expect(message).toMatch(/^generations\.yaml:1:\d+ \/a\/folows\n/)
    expect(suggestions[0]).toBe('did you mean follows')
  })
})

describe('a generation that is shipped', () => {
  it('names only shipped accelerators as measured, which are of it', () => {
    const names = shippedNames('accelerator')
    const generations = names.map((name) => [name, loadAccelerator(name).generation] as const)
    for (const [, generation] of generations) {
      for (const device of generation?.measured ?? []) {
        expect(names).toContain(device)
        expect(loadAccelerator(device).generation?.name).toBe(generation!.name)
      }
    }
    const named = new Set(generations.map(([, generation]) => generation?.name))
    expect(generationNames().filter((name) => !named.has(name))).toEqual([])
  })

  it('is an error at its place in an accelerator that misspells it', () => {
    const {message, suggestions} = failure(() => parseAccelerator('small', `${smallAccelerator}generation: hoper\n`))
    const line = smallAccelerator.split('\n').length
    expect(message).toBe(`small.yaml:${line}:13 /generation\n  "hoper" is not a known generation`)
    expect(suggestions[0]).toBe('did you mean hopper')
  })
})
