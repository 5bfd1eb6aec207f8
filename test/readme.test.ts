import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {errorTable} from './support/error-table.js'
import {repositoryRoot} from './support/run-command.js'

const file = path.join(repositoryRoot, 'README.md')
const marks = {begin: '<!-- errors: made by `npm run readme` -->', end: '<!-- /errors -->'}

describe('README', () => {
  it('holds the error table that the shipped profiles give', () => {
    const text = readFileSync(file, 'utf8')
    const [before, rest] = text.split(marks.begin)
    const [, after] = rest!.split(marks.end)
    const made = `${before}${marks.begin}\n${errorTable()}\n${marks.end}${after}`
    if (process.env['README_WRITE'] === '1') writeFileSync(file, made)
    else expect(text).toBe(made)
  })

  it.skipIf(!existsSync(path.join(repositoryRoot, 'dist/index.js')))('holds a library example that runs', () => {
    const example = /```js\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8'))![1]!
    const folder = mkdtempSync(path.join(repositoryRoot, 'test', '.example-'))
    try {
      writeFileSync(path.join(folder, 'example.mjs'), example)
      const {status, stdout, stderr} = spawnSync(process.execPath, ['example.mjs'], {cwd: folder, encoding: 'utf8'})
      expect(stderr).toBe('')
      expect(status).toBe(0)
      expect(stdout).toMatch(/ms.* J/)
    } finally {
      rmSync(folder, {recursive: true})
    }
  })

  it('names only commands that exist', () => {
    const named = [...readFileSync(file, 'utf8').matchAll(/(?:npx )?\bridge ([a-z]+)/g)].map(([, name]) => name!)
    const topics = ['autocomplete', 'help', 'store']
    const missing = named.filter((name) => !topics.includes(name) && !existsSync(path.join(repositoryRoot, 'src/commands', `${name}.ts`)))
    expect(missing).toEqual([])
  })
})
