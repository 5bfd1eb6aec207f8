import {boolean, integer, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import type {Progress} from '../cli/progress.js'
import type {Calibration} from '../validate/calibrate.js'

export default class Calibrate extends BaseCommand {
  static override summary = 'Fit kernel times to measured kernels, and energies to measured passes.'
  static override description =
    'Prints the error before and after by trace, operator class and regime, on rows that the fit saw and on rows that it did not (no shape on both sides), every parameter with its 95 % interval, and what the same parameters predict of other devices; parameters that the rows do not determine are marked. Whole passes with power at a locked clock tell energies instead: each with its interval, the error of power and energy on models that no fit saw, and the lines to put into its accelerator file. --write keeps the parameters of kernel times in a profile beside each accelerator, in place of the one that stands there.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --trace gemm.csv attention.csv --write',
    '<%= config.bin %> <%= command.id %> --generation hopper --trace traces --holdout 0.5',
    '<%= config.bin %> <%= command.id %> --accelerator a100-pcie-40gb --trace clock-sweeps.csv',
    '<%= config.bin %> <%= command.id %> --trace traces --write',
  ]
  static override flags = {
    trace: string({description: 'CSV files of measured rows, or folders of them.', required: true, multiple: true}),
    accelerator: string({description: 'Name or file of the accelerator to fit; every shipped one that was measured by default.'}),
    generation: string({
      description:
        'Fit the measured devices of a generation together: they share what a generation shares. With --accelerator, keep only what concerns that one.',
    }),
    folds: integer({description: 'Parts of the shapes that are left out in turn; 5 by default.', min: 2, exclusive: ['holdout']}),
    holdout: string({description: 'Share of the shapes that is left out once, such as 0.5.'}),
    write: boolean({description: 'Write the profile beside each accelerator.'}),
  }

  async run(): Promise<Calibration> {
    const {flags} = await this.parse(Calibrate)
    const {splitOf} = await import('../validate/split.js')
    const split = splitOf(flags)
    const {calibrate} = await import('../validate/calibrate.js')
    const {traceFiles} = await import('../trace/trace-files.js')
    const {accelerator, generation} = flags
    let progress: Progress | undefined
    const onFit = async (done: number, totalCount: number): Promise<void> => {
      progress ??= await this.startProgress({noun: 'rows fitted', totalCount})
      progress.update(done)
    }
    const result = await calibrate({traces: traceFiles(flags.trace), split, accelerator, generation, signal: this.interrupted, onFit})
    progress?.stop()
    const {calibrationText} = await import('../view/calibration-view.js')
    this.log(calibrationText(result, this.colours))
    if (flags.write) await this.#write(result)
    return result
  }

  async #write(result: Calibration): Promise<void> {
    const {commandText, writeProfiles} = await import('../validate/profile-file.js')
    const {writtenText} = await import('../view/calibration-view.js')
    const provenance = {
      tool: `ridgepoint ${this.config.version}`,
      date: new Date().toISOString().slice(0, 10),
      command: commandText(['ridge', 'calibrate', ...this.argv]),
    }
    for (const written of writeProfiles(result, provenance)) this.log(writtenText(written))
  }
}
