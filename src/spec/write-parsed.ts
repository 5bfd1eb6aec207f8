import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {packageRoot} from './catalogue.js'
import {parsedFile} from './parsed.js'
import {readText, YamlSource} from './yaml-source.js'

// A build step: parsing the shipped YAML costs a command more than all of its work.
for (const folder of ['accelerators', 'workloads', 'reports']) {
  const root = path.join(packageRoot, folder)
  if (!existsSync(root)) continue
  for (const entry of readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.yaml'))) {
    const file = path.join(root, entry)
    const target = parsedFile(readText(file))
    mkdirSync(path.dirname(target), {recursive: true})
    writeFileSync(target, JSON.stringify(YamlSource.read(file).data))
  }
}
