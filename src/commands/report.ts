import path from 'node:path'
import {string as stringArg} from '@oclif/core/args'
import {option, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import type {WrittenReport} from '../study/run-study.js'
import {fidelityFlag} from '../view/fidelity-flag.js'

export default class Report extends BaseCommand {
  static override summary = 'Write the report of a study that has been swept.'
  static override description =
    'Writes report.html with its figures as SVG, PNG and PDF, and the data and Vega-Lite spec of each beside it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart',
    '<%= config.bin %> <%= command.id %> quickstart --theme paper --format pdf --format svg',
  ]
  static override args = {study: stringArg({description: 'Name or file of a study.', required: true})}
  static override flags = {
    fidelity: fidelityFlag,
    store: string({description: 'SQLite file of the points.', defaultHelp: async () => 'out/<study>/points.db'}),
    out: string({description: 'Folder to write to.', defaultHelp: async () => 'out/<study>'}),
    theme: option({description: 'Style of the figures.', options: ['screen', 'paper'] as const})(),
    format: option({
      description: 'What to write; everything unless told.',
      options: ['html', 'svg', 'png', 'pdf'] as const,
      multiple: true,
    })(),
  }

  async run(): Promise<WrittenReport> {
    const {args, flags} = await this.parse(Report)
    const {loadStudy} = await import('../sweep/study.js')
    const {buildReport, studyFolder} = await import('../study/run-study.js')
    const {reportText} = await import('../view/report-view.js')
    const study = loadStudy(args.study, {fidelity: flags.fidelity})
    const folder = flags.out ?? studyFolder(study)
    const storeFile = flags.store ?? path.join(studyFolder(study), 'points.db')
    const written = await buildReport(study, {storeFile, folder, theme: flags.theme, formats: flags.format, signal: this.interrupted})
    this.log(reportText(written))
    return written
  }
}
