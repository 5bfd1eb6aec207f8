#!/usr/bin/env node
import module from 'node:module'
import {asksForHelpScreen, showHelpScreen} from './cli/help-screen.js'
import {endOnOutputFault} from './cli/output-faults.js'

endOnOutputFault()
const argv = process.argv.slice(2)
if (!asksForHelpScreen(argv) || !showHelpScreen()) {
  // Node 22.8 and later keep compiled code between runs; Node 20 has no such cache.
  const {enableCompileCache} = module as {enableCompileCache?: () => void}
  enableCompileCache?.()
  const {main} = await import('./cli/main.js')
  await main(argv)
}
