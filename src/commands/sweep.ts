import path from 'node:path'
import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import type {SubmittedSweep} from '../cluster/submit-sweep.js'
import type {ShardSummary, SweepSummary} from '../study/run-sweep.js'
import {fidelityFlag} from '../view/fidelity-flag.js'
import {optimizerFlags, saidOptimizer} from '../view/optimizer-flags.js'
import {shardFlag} from '../view/shard-flag.js'
import {checkEngineFlags, slurmFlags, submitSettings} from '../view/slurm-flags.js'
import {workersFlag} from '../view/workers-flag.js'

export default class Sweep extends BaseCommand {
  static override summary = 'Evaluate every design of a study and store the points.'
  static override description =
    'A study that was interrupted resumes, one whose axes grew computes only what is new. Prints what each constraint removes and the corners of the front. Several machines share a study by --shard, or as a Slurm job array.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart',
    '<%= config.bin %> <%= command.id %> my-study.yaml --store points.db',
    '<%= config.bin %> <%= command.id %> quickstart --optimizer nsga-2 --evaluations "1 %"',
    '<%= config.bin %> <%= command.id %> my-study.yaml --shard 3/64 --store shard-3.db',
    '<%= config.bin %> <%= command.id %> my-study.yaml --engine slurm --shards 64 --out sweep --time 01:00:00 --memory 4G',
    '<%= config.bin %> <%= command.id %> my-study.yaml --engine slurm --out sweep --resume',
  ]
  static override args = {study: stringArg({description: 'Name or file of a study.', required: true})}
  static override flags = {
    fidelity: fidelityFlag,
    workers: workersFlag,
    store: string({description: 'SQLite file of the points.', defaultHelp: async () => 'out/<study>/points.db'}),
    shard: shardFlag,
    out: string({description: 'Folder of a sweep that several machines share.', defaultHelp: async () => 'out/<study>'}),
    ...optimizerFlags,
    ...slurmFlags,
  }

  async run(): Promise<SweepSummary | ShardSummary | SubmittedSweep> {
    const {args, flags} = await this.parse(Sweep)
    checkEngineFlags(flags)
    const {sweepableStudy} = await import('../study/sweepable-study.js')
    const {refuseInfeasible, runStudyShard, runStudySweep, studyPointCount} = await import('../study/run-sweep.js')
    const study = sweepableStudy(args.study, {fidelity: flags.fidelity, optimizer: saidOptimizer(flags)})
    const {out: folder = path.join('out', study.name), store, shard} = flags
    if (flags.engine === 'slurm' || shard !== undefined) (await import('../sweep/search.js')).refuseShared(study)
    if (flags.engine === 'slurm') {
      const {submitSweep} = await import('../cluster/submit-sweep.js')
      const {slurm} = await import('../cluster/slurm.js')
      const {submittedText} = await import('../view/sweep-status-view.js')
      const submitted = await submitSweep(study, {folder, pointCount: studyPointCount(study), ...submitSettings(flags)}, slurm)
      this.log(submittedText(submitted))
      return submitted
    }
    const progress = await this.startProgress({noun: 'points', totalCount: studyPointCount(study, shard)})
    const how = {workerCount: flags.workers, signal: this.interrupted, onProgress: progress.update}
    if (shard !== undefined) {
      const {runPlannedShard} = await import('../study/run-shard.js')
      const {shardText} = await import('../view/sweep-view.js')
      const run =
        store === undefined ? runPlannedShard(study, shard, {folder, ...how}) : runStudyShard(study, shard, {storeFile: store, ...how})
      const summary = await run
      progress.stop()
      this.log(shardText(summary))
      return summary
    }
    if (store === undefined) (await import('../cluster/plan.js')).refuseUnjoined(folder)
    const {sweepText} = await import('../view/sweep-view.js')
    const {summary} = await runStudySweep(study, {storeFile: store ?? path.join(folder, 'points.db'), ...how, sampleCount: 0})
    progress.stop()
    this.log(sweepText(summary))
    refuseInfeasible(summary)
    return summary
  }
}
