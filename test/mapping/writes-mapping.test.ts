import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, it} from 'vitest'
import {writesMapping} from '../../src/mapping/writes-mapping.js'
import {parseProblem} from '../../src/workload/load-problem.js'

const problem = parseProblem('row', 'dtype: int8\ngemm: {m: 8, n: 1, k: 6}\n')
const file = path.join(mkdtempSync(path.join(tmpdir(), 'ridge-writes-')), 'levels.yaml')
const writes = (text: string): boolean => {
  writeFileSync(file, text)
  return writesMapping(file, problem)
}

it.each([
  ['a loop over every dimension that has more than one', 'levels: {dram: {temporal: [M 4, K 6]}, buffer: {x: [M 2]}}', true],
  ['counts that do not multiply, which are a faulty mapping', 'levels: {dram: {temporal: [M 3, K 6]}}', true],
  ['a dimension left open', 'levels: {dram: {temporal: [M 8]}}', false],
  ['only what a level keeps', 'levels: {buffer: {keep: [weights]}}', false],
  ['a count that takes the rest', 'levels: {dram: {temporal: [M rest, K 6]}}', false],
  ['a bound', 'levels: {dram: {temporal: [M <= 4, K 6]}}', false],
  ['all others', 'levels: {dram: {temporal: [M 8, K 6]}, buffer: {x: [others 1]}}', false],
  ['an end of an order', 'levels: {dram: {temporal: [M 8, K 6], innermost: [K]}}', false],
  ['imperfect counts allowed', 'imperfect: true\nlevels: {dram: {temporal: [M 8, K 6]}}', false],
  ['nothing', '', false],
])('%s', (_, text, expected) => {
  expect(writes(text)).toBe(expected)
})
