import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {errorTable, passTable} from './support/error-table.js'
import {parameterTable} from './support/parameter-table.js'
import {repositoryRoot} from './support/run-command.js'

const file = path.join(repositoryRoot, 'README.md')
/** Parts of the README that are made, each between its own marks. */
const made = {errors: errorTable, passes: passTable, parameters: parameterTable}

describe('README', () => {
  it.each(Object.entries(made))('holds the %s table that the validation study gives', async (name, table) => {
    const text = readFileSync(file, 'utf8')
    const [begin, end] = [`<!-- ${name}: made by \`npm run readme\` -->`, `<!-- /${name} -->`]
    const [before, rest] = text.split(begin)
    const [, after] = rest!.split(end)
    const remade = `${before}${begin}\n${await table()}\n${end}${after}`
    if (process.env['README_WRITE'] === '1') writeFileSync(file, remade)
    else expect(text).toBe(remade)
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
    const named = [...readFileSync(file, 'utf8').matchAll(/(?:npx )?\bridge ([a-z-]+)(?: ([a-z-]+))?/g)]
    const isCommand = (...parts: string[]): boolean => existsSync(path.join(repositoryRoot, 'src/commands', `${path.join(...parts)}.ts`))
    const missing = named.filter(([, name, below]) => {
      if (['autocomplete', 'help', 'store'].includes(name!) || isCommand(name!)) return false
      return below === undefined || !isCommand(name!, below)
    })
    expect(missing.map(([text]) => text)).toEqual([])
  })
})
