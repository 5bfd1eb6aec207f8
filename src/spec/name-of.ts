import path from 'node:path'
import type {SpecSource} from './yaml-source.js'

/** What a file describes is named after it; where that says only of what kind it is, as of every import, its title does. */
export function nameOf({file, data}: Pick<SpecSource, 'file' | 'data'>, kind: string): string {
  const name = path.basename(file).replace(/\.\w+$/, '')
  const {title} = data as {readonly title?: string}
  return name === kind ? (title ?? name) : name
}
