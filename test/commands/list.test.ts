import {describe, expect, it} from 'vitest'
import List from '../../src/commands/list.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import {runCommand} from '../support/run-command.js'

describe('ridge list', () => {
  it('has a line for every shipped accelerator, model and study', async () => {
    const {stdout, result, exitCode} = await runCommand(List)
    expect(result?.accelerators?.map(({name}) => name)).toEqual(shippedNames('accelerator'))
    expect(result?.models?.map(({name}) => name)).toEqual(shippedNames('model'))
    expect(result?.studies?.map(({name}) => name)).toEqual(shippedNames('study'))
    for (const name of shippedNames('accelerator')) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'))
    expect(exitCode).toBe(0)
  })

  it('shows the figures that the file states', async () => {
    const {result} = await runCommand(List, ['accelerators'])
    const h100 = result?.accelerators?.find(({name}) => name === 'h100-sxm')
    expect(h100?.title).toContain('H100')
    expect(h100?.figures).toMatchObject({memory: '80 GiB', limit: '700 W'})
  })

  it('lists one kind when it is named, and prints what it returns under --json', async () => {
    const {stdout, result} = await runCommand(List, ['accelerators', '--json'])
    expect(Object.keys(result ?? {})).toEqual(['accelerators'])
    expect(JSON.parse(stdout)).toEqual(result)
  })

  it('names the nearest kind for one it does not know', async () => {
    const {stderr, exitCode} = await runCommand(List, ['modls'])
    expect(stderr).toContain('did you mean models')
    expect(exitCode).toBe(3)
  })
})
