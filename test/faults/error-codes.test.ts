import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, it} from 'vitest'
import {repositoryRoot} from '../support/run-command.js'

/** Words in capitals that are no codes of ours, and codes that no test can bring about. */
const exceptions: Readonly<Record<string, string>> = {
  NO_COLOR: 'a variable of the environment',
  OCLIF_COLUMNS: 'a variable of the environment',
  ERR_WORKER_OUT_OF_MEMORY: 'a code of Node, which we put into words of our own',
  AMBIGUOUS_NAME: 'no shipped accelerator shares its name with a model',
}

function textOf(folder: string): string {
  const root = path.join(repositoryRoot, folder)
  const files = readdirSync(root, {recursive: true}).map(String)
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n')
}

it('every code that a person can be shown stands in a test', () => {
  const source = textOf('src')
  const codes = [...source.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'|code: '([A-Z]+)'/g)].map(([, long, short]) => long ?? short ?? '')
  const ours = [...new Set(codes)].filter((code) => !code.startsWith('SQLITE_') && !Object.hasOwn(exceptions, code)).sort()
  const tests = textOf('test')
  expect(ours).toContain('YAML_MALFORMED')
  expect(ours).toContain('INFEASIBLE')
  expect(ours.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([])
})

it('no exception outlives what it excuses', () => {
  const source = textOf('src')
  expect(Object.keys(exceptions).filter((code) => !source.includes(code))).toEqual([])
})
