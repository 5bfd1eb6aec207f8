import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Config} from '@oclif/core/config'
import {helpScreenFile, hostPlaceholder} from './help-screen.js'

// A build step. What it writes must not depend on the terminal it runs in, and oclif looks at that when it is loaded.
process.env['OCLIF_COLUMNS'] = '80'
process.env['NO_COLOR'] = '1'
const {Config: ConfigClass, Plugin} = await import('@oclif/core/config')
const {Help} = await import('@oclif/core/help')

const packageRoot = fileURLToPath(new URL('../../', import.meta.url))
await writeManifest()
await writeHelpScreen(await ConfigClass.load(packageRoot))

/** What oclif needs to know of all commands, so that a run loads only the file of the command that it runs. */
async function writeManifest(): Promise<void> {
  const plugin = new Plugin({
    root: packageRoot,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path.join(packageRoot, 'oclif.manifest.json'), `${JSON.stringify({...plugin.manifest, commands}, null, 2)}\n`)
}

async function writeHelpScreen(config: Config): Promise<void> {
  const lines: string[] = []
  class WrittenHelp extends Help {
    protected override log(...parts: string[]): void {
      lines.push(parts.join(' '))
    }
  }
  await new WrittenHelp(config).showHelp([])
  const host = config.userAgent.slice(config.userAgent.indexOf(' ') + 1)
  writeFileSync(helpScreenFile, `${lines.join('\n')}\n`.replace(host, hostPlaceholder))
}
