import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {allPoints} from '../support/stored-points.js'
import {openedStore, temporaryFolder} from './fixtures.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
let built: string

/** The writer runs as a process of its own, so it has to be JavaScript, next to the packages that it imports. */
beforeAll(() => {
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, {recursive: true})
  built = mkdtempSync(join(cache, 'ridgepoint-kill-'))
  const toRoot = (...parts: string[]) => relative(built, join(root, ...parts)).replaceAll('\\', '/')
  const compilerOptions = {rootDir: toRoot(), outDir: '.', declaration: false, typeRoots: [toRoot('node_modules', '@types')]}
  writeFileSync(join(built, 'package.json'), '{"type": "module"}')
  writeFileSync(
    join(built, 'tsconfig.json'),
    JSON.stringify({extends: toRoot('tsconfig.json'), compilerOptions, include: [], files: [toRoot('test', 'store', 'writer.ts')]}),
  )
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', built])
})

afterAll(() => rmSync(built, {recursive: true, force: true}))

/** Runs the writer on a store; kills it `killAfterMilliseconds` after its line number `killAtBatch`. */
async function runWriter(file: string, killAtBatch = Number.POSITIVE_INFINITY, killAfterMilliseconds = 0) {
  const child = spawn(process.execPath, [join(built, 'test', 'store', 'writer.js'), file], {stdio: ['ignore', 'pipe', 'inherit']})
  let output = ''
  let isDying = false
  child.stdout.on('data', (data) => {
    output += String(data)
    if (isDying || output.split('\n').length - 1 <= killAtBatch) return
    isDying = true
    setTimeout(() => child.kill('SIGKILL'), killAfterMilliseconds)
  })
  const [code, signal] = await new Promise<[number | null, string | null]>((settle) => child.on('close', (...end) => settle(end)))
  const finished = output
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
  return {code, signal, finished}
}

describe('a store whose writer is killed', () => {
  it('at five moments keeps every batch that was finished, and completed it equals one left in peace', {timeout: 120_000}, async () => {
    const folder = temporaryFolder()
    const peaceful = join(folder, 'peaceful.sqlite')
    expect(await runWriter(peaceful)).toMatchObject({code: 0, signal: null})
    const expected = allPoints(peaceful)
    expect(expected).toHaveLength(32_000)

    for (let trial = 0; trial < 5; trial++) {
      const file = join(folder, `killed-${trial}.sqlite`)
      const killAtBatch = Math.floor(Math.random() * 35)
      const killAfterMilliseconds = Math.floor(Math.random() * 12)
      const killed = await runWriter(file, killAtBatch, killAfterMilliseconds)
      const claim = `killed ${killAfterMilliseconds} ms after batch ${killAtBatch}`
      expect(killed.signal, claim).toBe('SIGKILL')

      const kept = openedStore(file, {mode: 'append'})
      expect(kept.database.pragma('integrity_check', {simple: true}), claim).toBe('ok')
      const keptCount = kept.pointCount()
      kept.close()
      expect(keptCount % 800, claim).toBe(0)
      expect(keptCount, claim).toBeGreaterThanOrEqual(killed.finished.length * 800)

      const resumed = await runWriter(file)
      expect(resumed.code, claim).toBe(0)
      const addedCount = resumed.finished.reduce((total, [, added]) => total + added!, 0)
      expect(keptCount + addedCount, claim).toBe(32_000)
      expect(allPoints(file), claim).toEqual(expected)
    }
  })
})
