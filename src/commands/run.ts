import path from 'node:path'
import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import type {WrittenReport} from '../study/run-study.js'
import type {SweepSummary} from '../study/run-sweep.js'
import {fidelityFlag} from '../view/fidelity-flag.js'
import {workersFlag} from '../view/workers-flag.js'

export default class Run extends BaseCommand {
  static override summary = 'Run a study: sweep it, validate the model on its measurements, write its report.'
  static override examples = ['<%= config.bin %> <%= command.id %> reports/quickstart/study.yaml']
  static override args = {study: stringArg({description: 'Name or file of a study.', required: true})}
  static override flags = {
    fidelity: fidelityFlag,
    workers: workersFlag,
    out: string({description: 'Folder for the points and the report.', defaultHelp: async () => 'out/<study>'}),
  }

  async run(): Promise<{sweep: SweepSummary; report: WrittenReport}> {
    const {args, flags} = await this.parse(Run)
    const {sweepableStudy} = await import('../study/sweepable-study.js')
    const {refuseInfeasible, runStudySweep, studyPointCount} = await import('../study/run-sweep.js')
    const {buildReport, studyFolder} = await import('../study/run-study.js')
    const {checkReport} = await import('../study/check-report.js')
    const {sweepText} = await import('../view/sweep-view.js')
    const {nextText} = await import('../view/next-step.js')
    const {reportText} = await import('../view/report-view.js')
    const study = sweepableStudy(args.study, {fidelity: flags.fidelity})
    // What the report needs is refused before the sweep, not after it.
    checkReport(study)
    const folder = flags.out ?? studyFolder(study)
    const storeFile = path.join(folder, 'points.db')
    const progress = await this.startProgress({noun: 'points', totalCount: studyPointCount(study)})
    const {summary} = await runStudySweep(study, {
      storeFile,
      workerCount: flags.workers,
      signal: this.interrupted,
      onProgress: progress.update,
    })
    progress.stop()
    this.log(sweepText(summary))
    refuseInfeasible(summary)
    const report = await buildReport(study, {storeFile, folder, signal: this.interrupted})
    this.log(`\n${reportText(report)}\n\n${nextText(summary)}`)
    return {sweep: summary, report}
  }
}
