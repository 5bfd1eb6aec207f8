import {createHash} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

/** Where the build keeps the data of shipped files, each under the digest of its text, so that an edited file is parsed anew. */
const folder = new URL('../parsed/', import.meta.url)

/** The file that holds the data of a text. */
export function parsedFile(text: string): string {
  return fileURLToPath(new URL(`${createHash('sha256').update(text).digest('hex').slice(0, 32)}.json`, folder))
}

/** The data of a text that the build has parsed. */
export function parsedData(text: string): {readonly data: unknown} | undefined {
  const file = parsedFile(text)
  return existsSync(file) ? {data: JSON.parse(readFileSync(file, 'utf8'))} : undefined
}
