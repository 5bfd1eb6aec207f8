import {boolean, integer, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import {formatTable} from '../cli/table.js'
import {formatPercent, formatQuantity} from '../cli/text.js'
import type {Calibration} from '../validate/calibrate.js'

export default class Calibrate extends BaseCommand {
  static override summary = 'Fit an accelerator’s efficiencies and overheads from measured kernels.'
  static override description =
    'Prints the error before and after by operator class, also on rows that the fit did not see (folds by shape); --write keeps the constants as profile.yaml beside the accelerator.'
  static override examples = ['<%= config.bin %> <%= command.id %> --accelerator h100-sxm --trace gemm.csv --trace attention.csv --write']
  static override flags = {
    accelerator: string({description: 'Accelerator to fit.', required: true}),
    trace: string({description: 'CSV file of measured rows.', required: true, multiple: true}),
    folds: integer({description: 'Parts of the rows that are held out in turn.', default: 5, min: 2}),
    write: boolean({description: 'Write profile.yaml beside the accelerator.'}),
  }

  async run(): Promise<Calibration> {
    const {flags} = await this.parse(Calibrate)
    const {calibrate} = await import('../validate/calibrate.js')
    const result = await calibrate({accelerator: flags.accelerator, traces: flags.trace, foldCount: flags.folds, signal: this.interrupted})
    this.log(
      formatTable(
        [
          {header: 'class', cell: (row) => row.class, align: 'left'},
          {header: 'dtype', cell: (row) => row.dtype, align: 'left'},
          {header: 'rows', cell: (row) => String(row.rowCount)},
          {header: 'roofline', cell: (row) => formatPercent(row.rooflineMape)},
          {header: 'fitted', cell: (row) => formatPercent(row.fittedMape)},
          {header: 'held out', cell: (row) => formatPercent(row.heldOutMape)},
          {header: 'compute', cell: (row) => formatPercent(row.computeEfficiencyRatio)},
          {header: 'memory', cell: (row) => formatPercent(row.memoryEfficiencyRatio)},
          {header: 'overhead', cell: (row) => formatQuantity(row.overheadSeconds, 's')},
          {header: 'not determined', cell: (row) => row.undetermined.join(', '), align: 'left', dropOrder: 1},
        ],
        result.classes,
      ),
    )
    if (flags.write) {
      const {writeProfile} = await import('../validate/profile-file.js')
      const command = `ridge calibrate --accelerator ${flags.accelerator} ${flags.trace.map((file) => `--trace ${file.split(/[\\/]/).at(-1)}`).join(' ')} --write`
      const file = writeProfile(result, {tool: `ridgepoint ${this.config.version}`, date: new Date().toISOString().slice(0, 10), command})
      this.log(`wrote ${file}`)
    }
    return result
  }
}
