import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {repositoryRoot} from './support/run-command.js'
import {
  anyProblems,
  docProblems,
  flowProblems,
  importCycle,
  lengthProblems,
  packageProblems,
  type SourceFile,
  unitProblems,
} from './support/source-rules.js'

const root = path.join(repositoryRoot, 'src')
const sources: SourceFile[] = readdirSync(root, {recursive: true, encoding: 'utf8'})
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({file: file.split(path.sep).join('/'), text: readFileSync(path.join(root, file), 'utf8')}))

const rules = {
  'every import follows the flow of data': flowProblems,
  'every package is imported at its door, and heavy ones lazily': packageProblems,
  'every file fits in the head': lengthProblems,
  'nothing is typed any': anyProblems,
  'every exported function has a doc comment': docProblems,
  'every number of an exported interface names its unit': unitProblems,
} satisfies Record<string, (source: SourceFile) => string[]>

describe('the sources', () => {
  it.each(Object.entries(rules))('%s', (_, problemsOf) => {
    expect(sources.length).toBeGreaterThan(20)
    expect(sources.flatMap(problemsOf)).toEqual([])
  })

  it('no files import each other in a ring', () => {
    expect(importCycle(sources)).toBeUndefined()
  })
})

const broken: {rule: (source: SourceFile) => string[]; file: string; text: string}[] = [
  {rule: flowProblems, file: 'accelerator/a.ts', text: "import type {Workload} from '../workload/operator.js'"},
  {rule: flowProblems, file: 'workload/a.ts', text: "import {a} from '../accelerator/machine.js'"},
  {rule: flowProblems, file: 'cost/a.ts', text: "import {\n  type A,\n  b,\n} from '../report/chart.js'"},
  {rule: flowProblems, file: 'foundation/a.ts', text: "export const f = async () => (await import('../spec/catalogue.js')).packageRoot"},
  {rule: flowProblems, file: 'cli/a.ts', text: "export {shippedNames} from '../spec/catalogue.js'"},
  {rule: flowProblems, file: 'trace/a.ts', text: "import {a} from '../cost/metrics.js'"},
  {rule: flowProblems, file: 'store/a.ts', text: "import '../commands/list.js'"},
  {rule: flowProblems, file: 'cost/a.ts', text: "type A = import('../report/chart.js').Chart"},
  {rule: flowProblems, file: 'utils/a.ts', text: ''},
  {rule: packageProblems, file: 'accelerator/a.ts', text: "import {parse} from 'yaml'"},
  {rule: packageProblems, file: 'spec/a.ts', text: "import type * as Mathjs from 'mathjs'"},
  {rule: packageProblems, file: 'foundation/quantity.ts', text: "import {unit} from 'mathjs'"},
  {rule: packageProblems, file: 'sweep/a.ts', text: "const Database = createRequire(import.meta.url)('better-sqlite3')"},
  {rule: packageProblems, file: 'store/a.ts', text: "import type {TopLevelSpec} from 'vega-lite'"},
  {rule: packageProblems, file: 'report/a.ts', text: "import * as vega from 'vega'"},
  {rule: packageProblems, file: 'search/a.ts', text: "import {ux} from '@oclif/core/ux'"},
  {rule: lengthProblems, file: 'cost/a.ts', text: 'a\n'.repeat(301)},
  {rule: lengthProblems, file: 'commands/a.ts', text: 'a\n'.repeat(81)},
  {rule: anyProblems, file: 'cost/a.ts', text: 'export const a = (b: any): number => 1'},
  {rule: anyProblems, file: 'cost/a.ts', text: 'const a = JSON.parse(b) as any'},
  {rule: anyProblems, file: 'cost/a.ts', text: 'const a: Record<string, any> = {}'},
  {rule: docProblems, file: 'cost/a.ts', text: 'const a = 1\nexport function b(): void {}'},
  {rule: docProblems, file: 'cost/a.ts', text: '\nexport async function b(): Promise<void> {}'},
  {rule: unitProblems, file: 'cost/a.ts', text: 'export interface A {\n  readonly latency: number\n}'},
  {rule: unitProblems, file: 'cost/a.ts', text: 'export interface A {\n  readonly energy?: number | null\n}'},
  {rule: unitProblems, file: 'cost/a.ts', text: 'export interface A<N> extends B {\n  readonly traffic: readonly number[]\n}'},
]

const sound: typeof broken = [
  {rule: flowProblems, file: 'validate/a.ts', text: "import {a} from '../trace/read-trace.js'\nimport type {B} from '../cost/metrics.js'"},
  {rule: flowProblems, file: 'report/a.ts', text: "import {a} from '../store/open-store.js'\nimport {b} from '../validate/metrics.js'"},
  {rule: flowProblems, file: 'cost/a.ts', text: "// import {a} from '../report/chart.js'\nimport {b} from '../mapping/tile.js'"},
  {rule: packageProblems, file: 'report/a.ts', text: "import type {View} from 'vega'\nconst vega = await import('vega')"},
  {
    rule: anyProblems,
    file: 'cost/a.ts',
    text: "// any\nconst a = 'x: any'\nconst any = [1].some(Boolean)\nexport const message = `of any kind`",
  },
  {rule: docProblems, file: 'cost/a.ts', text: '/** Says more. */\nexport function b(): void {}\nfunction c(): void {}'},
  {
    rule: unitProblems,
    file: 'cost/a.ts',
    text: 'export interface A {\n  readonly latencySeconds: number\n  readonly rowCount: number\n  readonly bytesPerSecond: number\n  readonly m: number\n  readonly name: string\n}',
  },
]

describe('the rules', () => {
  it.each(broken)('find what is wrong in $file: $text', ({rule, file, text}) => {
    expect(rule({file, text})).toHaveLength(1)
  })

  it.each(sound)('leave $file alone: $text', ({rule, file, text}) => {
    expect(rule({file, text})).toEqual([])
  })

  it('find a ring through a type import', () => {
    const ring = [
      {file: 'cost/a.ts', text: "import {b} from './b.js'"},
      {file: 'cost/b.ts', text: "import type {C} from './deep/c.js'"},
      {file: 'cost/deep/c.ts', text: "export {a} from '../a.js'"},
    ]
    expect(importCycle(ring)).toEqual(['cost/a.ts', 'cost/b.ts', 'cost/deep/c.ts', 'cost/a.ts'])
    expect(importCycle(ring.slice(0, 2))).toBeUndefined()
  })
})

it('the package runs no script where it is installed', () => {
  const {scripts} = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as {scripts: Record<string, string>}
  expect(Object.keys(scripts)).toContain('prepack')
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$|^dependencies$/.test(name))).toEqual([])
})
