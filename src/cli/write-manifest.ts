import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {Plugin} from '@oclif/core/config'

// A build step: what oclif needs to know of all commands, so that a run loads only the file of the command that it runs.
const packageRoot = fileURLToPath(new URL('../../', import.meta.url))
const plugin = new Plugin({root: packageRoot, type: 'core', ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true})
await plugin.load()
const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(path.join(packageRoot, 'oclif.manifest.json'), `${JSON.stringify({...plugin.manifest, commands}, null, 2)}\n`)
