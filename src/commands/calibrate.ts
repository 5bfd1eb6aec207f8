import {boolean, integer, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import type {Calibration} from '../validate/calibrate.js'

export default class Calibrate extends BaseCommand {
  static override summary = 'Fit the parameters of the kernel-time models to measured kernels.'
  static override description =
    'Prints the error before and after by operator class and regime, on rows that the fit saw and on rows that it did not (no shape on both sides), and every parameter with its 95 % interval; parameters that the rows do not determine are marked. --write keeps them as profile.yaml beside each accelerator.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --trace gemm.csv attention.csv --write',
    '<%= config.bin %> <%= command.id %> --generation hopper --trace traces --holdout 0.5',
    '<%= config.bin %> <%= command.id %> --trace traces --write',
  ]
  static override flags = {
    trace: string({description: 'CSV files of measured rows, or folders of them.', required: true, multiple: true}),
    accelerator: string({description: 'Accelerator to fit; every shipped one that was measured by default.'}),
    generation: string({
      description: 'Fit the measured devices of a generation together: they share what a generation shares.',
      exclusive: ['accelerator'],
    }),
    folds: integer({description: 'Parts of the rows that are left out in turn; 5 by default.', min: 2, exclusive: ['holdout']}),
    holdout: string({description: 'Share of the rows that is left out once, such as 0.5.'}),
    write: boolean({description: 'Write profile.yaml beside each accelerator.'}),
  }

  async run(): Promise<Calibration> {
    const {flags} = await this.parse(Calibrate)
    const {calibrate} = await import('../validate/calibrate.js')
    const {splitOf} = await import('../validate/split.js')
    const {traceFiles} = await import('../trace/trace-files.js')
    const progress = await this.startProgress({noun: 'fits', totalCount: 1})
    const result = await calibrate({
      traces: traceFiles(flags.trace),
      split: splitOf(flags),
      accelerator: flags.accelerator,
      generation: flags.generation,
      signal: this.interrupted,
      onFit: (doneCount, totalCount) => progress.update(doneCount / totalCount),
    })
    progress.stop()
    const {calibrationText} = await import('../view/calibration-view.js')
    this.log(calibrationText(result, this.colours))
    if (flags.write) await this.#write(result)
    return result
  }

  async #write(result: Calibration): Promise<void> {
    const {writeProfiles} = await import('../validate/profile-file.js')
    const command = `ridge ${[this.id, ...this.argv].map((word) => word?.split(/[\\/]/).at(-1)).join(' ')}`
    for (const file of writeProfiles(result, {
      tool: `ridgepoint ${this.config.version}`,
      date: new Date().toISOString().slice(0, 10),
      command,
    }))
      this.log(`wrote ${file}`)
  }
}
