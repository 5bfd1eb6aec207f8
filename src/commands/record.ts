import {string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'

export interface RecordResult {
  /** The file that was written, or null when the script was printed. */
  readonly file: string | null
  readonly script: string
  /** What to type next. */
  readonly steps: readonly string[]
}

export default class Record extends BaseCommand {
  static override summary = 'Print the script that records a trace on a CUDA GPU.'
  static override description =
    'One Python file that needs PyTorch 2.x and no Ridgepoint: copy it to the machine with the GPU and run it there. It writes the CSV file that ridge validate and ridge calibrate read; its first lines say how it measures.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --out record.py',
    '<%= config.bin %> <%= command.id %> | ssh gpu-box "cat > record.py && python3 record.py --out trace.csv"',
  ]
  static override flags = {
    out: string({description: 'File to write the script to.', helpValue: 'FILE'}),
  }

  async run(): Promise<RecordResult> {
    const {flags} = await this.parse(Record)
    const {recorderScript, recorderSteps, writeRecorder} = await import('../trace/recorder.js')
    const {out} = flags
    const script = recorderScript()
    const steps = recorderSteps(out ?? 'record.py')
    if (out === undefined) {
      this.log(script.trimEnd())
    } else {
      writeRecorder(out)
      this.log(`wrote ${out}\nnext     ${steps.join('\n         ')}`)
    }
    return {file: out ?? null, script, steps}
  }
}
