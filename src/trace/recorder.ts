import {readFileSync} from 'node:fs'
import path from 'node:path'
import {writeWhole} from '../foundation/write-whole.js'
import {packageRoot} from '../spec/catalogue.js'

/** Where the script stands in the clone and in the installed package: it runs on machines without Node, so nothing is built from it. */
export const recorderFile = path.join(packageRoot, 'src', 'trace', 'record.py')

/** The script that records a trace on a CUDA GPU, as it is shipped. */
export function recorderScript(): string {
  return readFileSync(recorderFile, 'utf8')
}

/** What to type on the machine with the GPU, and then where Ridgepoint is. */
export function recorderSteps(script: string): readonly string[] {
  const trace = 'my-gpu.csv'
  return [`python3 ${script} --out ${trace}`, `ridge validate --trace ${trace}`, `ridge calibrate --accelerator <name> --trace ${trace}`]
}

/** Writes the script to a file that may be run, whole or not at all. */
export function writeRecorder(file: string): void {
  writeWhole(file, recorderScript(), 0o755)
}
