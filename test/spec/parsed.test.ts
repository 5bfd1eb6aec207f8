import {existsSync, readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../../src/spec/catalogue.js'
import {parsedFile} from '../../src/spec/parsed.js'
import {YamlSource} from '../../src/spec/yaml-source.js'

const built = path.join(packageRoot, 'dist', 'parsed')
const shipped = ['accelerators', 'workloads', 'reports'].flatMap((folder) =>
  readdirSync(path.join(packageRoot, folder), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.join(packageRoot, folder, name)),
)

describe('files parsed at build time', () => {
  it.skipIf(!existsSync(built))('hold what the shipped files say, each under the digest of its text', () => {
    expect(shipped.length).toBeGreaterThan(60)
    for (const file of shipped) {
      const text = readFileSync(file, 'utf8')
      const kept = path.join(built, path.basename(parsedFile(text)))
      expect(JSON.parse(readFileSync(kept, 'utf8')), file).toEqual(YamlSource.parse(text, file).data)
    }
  })

  it('are found by their text alone: a changed file is not one of them', () => {
    expect(parsedFile('title: a\n')).not.toBe(parsedFile('title: b\n'))
  })
})
