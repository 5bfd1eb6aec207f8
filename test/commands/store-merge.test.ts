import {existsSync} from 'node:fs'
import path from 'node:path'
import type {Command} from '@oclif/core'
import {describe, expect, it} from 'vitest'
import {shardStore} from '../../src/cluster/plan.js'
import Query from '../../src/commands/query.js'
import StoreMerge from '../../src/commands/store/merge.js'
import SweepStatusCommand from '../../src/commands/sweep/status.js'
import Sweep from '../../src/commands/sweep.js'
import {openStore} from '../../src/store/store.js'
import {runStudySweep} from '../../src/study/run-sweep.js'
import {type CommandClass, runCommand} from '../support/run-command.js'
import {smallStudy, studyOf, temporaryFolder, writeStudy} from '../sweep/studies.js'

async function shards(): Promise<{a: string; b: string; target: string}> {
  const folder = temporaryFolder()
  const [a, b, target] = ['a.db', 'b.db', 'all.db'].map((name) => path.join(folder, name)) as [string, string, string]
  await runStudySweep(studyOf(smallStudy.replace('[100, 132, 140]', '[100, 132]')), {storeFile: a})
  await runStudySweep(studyOf(smallStudy.replace('[100, 132, 140]', '[132, 140]')), {storeFile: b})
  return {a, b, target}
}

describe('ridge store merge', () => {
  it('adds what the target lacks, and nothing the second time', async () => {
    const {a, b, target} = await shards()
    const {result, stdout, exitCode} = await runCommand(StoreMerge, [target, a, b])
    expect(exitCode).toBe(0)
    expect(result).toEqual({target, sources: [a, b], spaceCount: 1, readCount: 16, addedCount: 12})
    expect(stdout).toContain(`12 of 16 points in 1 space are new in ${target}`)
    expect((await runCommand(StoreMerge, [target, b, a])).result).toMatchObject({addedCount: 0})
  })

  it('counts one point as one, as the commands do that sweep it, watch it and read it', async () => {
    const folder = temporaryFolder()
    const one = smallStudy.replace('[100, 132, 140]', '[100]').replace('[1410 MHz, 1980 MHz]', '[1410 MHz]').replace('[1, 8]', '[1]')
    const [study, out, target] = [writeStudy(one, folder), path.join(folder, 'out'), path.join(folder, 'all.db')]
    const said = async <C extends Command>(command: CommandClass<C>, ...argv: string[]) => (await runCommand(command, argv)).stdout
    const shard = shardStore(out, 1)
    expect(await said(Sweep, study, '--shard', '1/1', '--out', out)).toContain(`1 point in ${shard}, 1 of them computed now`)
    expect(await said(SweepStatusCommand, out)).toContain('100 % · 1 of 1 point\n')
    expect(await said(SweepStatusCommand, out, '--complete')).toContain('the only shard is complete')
    expect(await said(StoreMerge, target, shard)).toContain(`1 of 1 point in 1 space is new in ${target}`)
    expect(await said(Query, target, '--describe')).toContain(`1 point in ${target}`)
    expect(await said(Query, target, '--out', path.join(folder, 'points.csv'))).toContain('1 row in')
    expect(await said(Sweep, study, '--store', target)).toContain('1 of 1 design meets every constraint, 1 is on the front')
  })

  it('refuses to merge a store into itself', async () => {
    const {a, b} = await shards()
    const {exitCode, stderr} = await runCommand(StoreMerge, [a, b, path.join(path.dirname(a), '.', 'a.db')])
    expect(exitCode).toBe(3)
    expect(stderr).toContain("can't be merged into itself")
  })

  it('refuses a source that is not there, and makes no target', async () => {
    const {a, target} = await shards()
    const {exitCode, stderr} = await runCommand(StoreMerge, [target, a, `${a}.gone`])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('STORE_MISSING')
    expect(existsSync(target)).toBe(false)
  })

  it('refuses stores of two model versions, and makes no target', async () => {
    const {a, b, target} = await shards()
    const store = openStore(b, {mode: 'append'})
    store.database.prepare("UPDATE spaces SET model_version = 'old'").run()
    store.close()
    const {exitCode, stderr} = await runCommand(StoreMerge, [target, a, b])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('STORE_MODEL_VERSIONS')
    expect(existsSync(target)).toBe(false)
  })

  it('wants a source', async () => {
    const {target} = await shards()
    expect((await runCommand(StoreMerge, [target])).exitCode).toBe(2)
  })
})
