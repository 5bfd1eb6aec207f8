import path from 'node:path'
import {YamlSource} from '../spec/yaml-source.js'
import type {Problem} from '../workload/problem.js'

/**
 * Whether a file writes a whole mapping, with a loop over every dimension longer than one; a strategy leaves some open, or says so with
 * words that a mapping does not have.
 */
export function writesMapping(file: string, {dimensions}: Problem): boolean {
  const {levels, ...head} = recordOf(YamlSource.read(path.resolve(file)).data)
  if (head['imperfect'] !== undefined) return false
  const written = Object.values(recordOf(levels)).map(recordOf)
  if (written.some(({outermost, innermost}) => outermost !== undefined || innermost !== undefined)) return false
  const loops = written.flatMap((level) =>
    ['temporal', 'x', 'y'].flatMap((way) => (Array.isArray(level[way]) ? level[way].map(String) : [])),
  )
  if (loops.some((loop) => /<=|\brest\b|\bothers\b/.test(loop))) return false
  const named = new Set(loops.map((loop) => loop.trim().split(/\s+/)[0]))
  return dimensions.every(({name, size}) => size === 1 || named.has(name))
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
