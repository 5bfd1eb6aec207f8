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

  it('reads figures that a derived file leaves to its base, or overrides through a parameter', async () => {
    const {result} = await runCommand(List, ['accelerators'])
    const derived = result?.accelerators?.find(({name}) => name === 'a100-pcie-40gb')
    expect(derived?.figures).toEqual({memory: '40 GiB', bandwidth: '1555 GB/s', limit: '250 W'})
  })

  it('counts the layers of a model whose layers differ', async () => {
    const {result, stdout} = await runCommand(List, ['models'])
    expect(result?.models?.find(({name}) => name === 'deepseek-v3')?.figures).toMatchObject({
      parameters: 671_026_419_200,
      layers: 61,
      experts: 256,
    })
    expect(stdout).toMatch(/^deepseek-v3 +671 G +61 /m)
  })

  it('says what each chart shows', async () => {
    const {result} = await runCommand(List, ['charts'])
    expect(result?.charts?.map(({name}) => name)).toContain('roofline')
    for (const {title} of result?.charts ?? []) expect(title).toMatch(/\w+ \w+/)
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
