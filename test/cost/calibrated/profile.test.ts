import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {kernelModels} from '../../../src/cost/calibrated/kernel-models.js'
import {entriesOf, forgetProfile, profileFile, profileOf} from '../../../src/cost/calibrated/profile.js'
import {temporaryFolder, written} from '../../faults/refusal.js'
import {failure} from '../../support/small-accelerator.js'

const folder = temporaryFolder()
const errors = '{mape: 0.1, median: 0.1, p90: 0.2, bias: 0}'
const parameters = Object.entries(kernelModels.softmax!.parameters)

/** A profile of one class, its lines known: parameters begin in line 13. */
function profileText(lines: readonly string[], operatorClass = 'softmax', device = 'mine'): string {
  return [
    `device: ${device}`,
    'provenance: {tool: t, date: d, command: c, split: s, traces: [], sources: []}',
    'classes:',
    `  - class: ${operatorClass}`,
    '    dtype: bf16',
    '    rows: 20',
    '    launch: graph',
    `    roofline: ${errors}`,
    `    fitted: ${errors}`,
    `    heldOut: ${errors}`,
    '    range: {m: [1, 2]}',
    '    parameters:',
    ...lines,
  ].join('\n')
}

const line = ([name, {start, unit}]: (typeof parameters)[number]): string => `      ${name}: {value: ${start}, unit: '${unit}'}`
const whole = parameters.map(line)
let fileCount = 0
const entries = (text: string) => entriesOf(written(folder, `p${fileCount++}.yaml`, text))
const [[firstName, first]] = parameters as [(typeof parameters)[number]]

describe('a profile', () => {
  it('gives parameters in the order of the model, whatever that of the file', () => {
    const [entry] = entries(profileText([...whole].reverse()))
    expect([...entry!.parameters]).toEqual(parameters.map(([, {start}]) => start))
    expect(entry).toMatchObject({device: 'mine', rowCount: 20, transfer: [], range: {m: [1, 2]}})
  })

  it('is nothing where there is none', () => {
    expect(entriesOf(path.join(folder, 'nowhere.yaml'))).toEqual([])
  })

  it('refuses a parameter that the model does not have, with the nearest', () => {
    const {code, message, suggestions} = failure(() => entries(profileText([...whole, `      ${firstName}x: {value: 1, unit: us}`])))
    expect(code).toBe('SPEC_INVALID')
    expect(message).toMatch(new RegExp(`\\.yaml:${13 + whole.length}:\\d+ /classes/0/parameters/${firstName}x\\n`))
    expect(message).toContain(`"${firstName}x" is not a parameter of softmax`)
    expect(suggestions[0]).toBe(`did you mean ${firstName}`)
  })

  it('refuses one that lacks a parameter, and says how it is made anew', () => {
    const {message, suggestions} = failure(() => entries(profileText(whole.slice(1))))
    expect(message).toContain(`the parameter "${firstName}" of softmax is missing`)
    expect(message).toMatch(/\.yaml:\d+:\d+ \/classes\/0\/parameters\n/)
    expect(suggestions.join()).toContain('ridge calibrate')
  })

  it('refuses a parameter in another unit', () => {
    const {message} = failure(() => entries(profileText([`      ${firstName}: {value: 1, unit: furlong}`, ...whole.slice(1)])))
    expect(message).toMatch(new RegExp(`\\.yaml:13:\\d+ /classes/0/parameters/${firstName}/unit\\n`))
    expect(message).toContain(`"${firstName}" is in ${first.unit || 'no unit'}, not in furlong`)
  })

  it('refuses a value beyond the bounds of its parameter', () => {
    const wrong = `      ${firstName}: {value: ${2 * first.most + 1}, unit: '${first.unit}'}`
    const {message} = failure(() => entries(profileText([wrong, ...whole.slice(1)])))
    expect(message).toMatch(new RegExp(`\\.yaml:13:\\d+ /classes/0/parameters/${firstName}/value\n`))
    expect(message).toContain(`"${firstName}" is ${2 * first.most + 1}, but lies between ${first.least} and ${first.most}`)
  })

  it('refuses a class without a model, with the nearest', () => {
    const {message, suggestions} = failure(() => entries(profileText(whole, 'sofmax')))
    expect(message).toMatch(/\.yaml:4:\d+ \/classes\/0\/class\n.*"sofmax" is not a class of kernels/)
    expect(suggestions[0]).toBe('did you mean softmax')
  })

  it('is read anew once it is forgotten', () => {
    const file = written(folder, 'changing.yaml', profileText(whole))
    expect(entriesOf(file)[0]!.device).toBe('mine')
    written(folder, 'changing.yaml', profileText(whole, 'softmax', 'other'))
    expect(entriesOf(file)[0]!.device).toBe('mine')
    forgetProfile(file)
    expect(entriesOf(file)[0]!.device).toBe('other')
  })
})

describe('profileFile', () => {
  it('is profile.yaml beside an accelerator.yaml, and named after any other file', () => {
    expect(profileFile(path.join('a', 'accelerator.yaml'))).toBe(path.join('a', 'profile.yaml'))
    expect(profileFile(path.join('a', 'mine.yaml'))).toBe(path.join('a', 'mine.profile.yaml'))
    expect(profileFile(path.join('a', 'mine.v2.yml'))).toBe(path.join('a', 'mine.v2.profile.yaml'))
  })
})

describe('profileOf', () => {
  it('begins with the accelerator’s own, then what it extends, then its generation', () => {
    const base = written(folder, 'base.yaml', 'title: Base\nextends: mi210\n')
    const top = written(folder, 'top.yaml', 'title: Top\nextends: ./base.yaml\n')
    written(folder, 'base.profile.yaml', profileText(whole, 'softmax', 'base'))
    written(folder, 'top.profile.yaml', profileText(whole, 'softmax', 'top'))
    const devices = profileOf(loadAccelerator(top)).map(({device}) => device)
    expect(devices.slice(0, 2)).toEqual(['top', 'base'])
    expect(profileOf(loadAccelerator(base))[0]!.device).toBe('base')
    expect(new Set(devices.slice(2)).has('top')).toBe(false)
  })
})
