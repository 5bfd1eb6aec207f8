import path from 'node:path'
import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import type {SweepSummary} from '../study/run-sweep.js'
import {fidelityFlag} from '../view/fidelity-flag.js'
import {workersFlag} from '../view/workers-flag.js'

export default class Sweep extends BaseCommand {
  static override summary = 'Evaluate every design of a study and store the points.'
  static override description =
    'A study that was interrupted resumes, one whose axes grew computes only what is new. Prints what each constraint removes and the corners of the front.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart',
    '<%= config.bin %> <%= command.id %> my-study.yaml --store points.db',
  ]
  static override args = {study: stringArg({description: 'Name or file of a study.', required: true})}
  static override flags = {
    fidelity: fidelityFlag,
    workers: workersFlag,
    store: string({description: 'SQLite file of the points.', defaultHelp: async () => 'out/<study>/points.db'}),
  }

  async run(): Promise<SweepSummary> {
    const {args, flags} = await this.parse(Sweep)
    const {loadStudy} = await import('../sweep/study.js')
    const {refuseInfeasible, runStudySweep, studyPointCount} = await import('../study/run-sweep.js')
    const {sweepText} = await import('../view/sweep-view.js')
    const study = loadStudy(args.study, {fidelity: flags.fidelity})
    const progress = await this.startProgress({noun: 'points', totalCount: studyPointCount(study)})
    const storeFile = flags.store ?? path.join('out', study.name, 'points.db')
    const {summary} = await runStudySweep(study, {
      storeFile,
      workerCount: flags.workers,
      signal: this.interrupted,
      onProgress: progress.update,
      sampleCount: 0,
    })
    progress.stop()
    this.log(sweepText(summary))
    refuseInfeasible(summary)
    return summary
  }
}
