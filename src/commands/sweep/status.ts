import {string} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {BaseCommand} from '../../cli/base-command.js'
import type {SweepStatus} from '../../cluster/sweep-status.js'

export default class SweepStatusCommand extends BaseCommand {
  static override summary = 'Show how far a sweep is that several machines share.'
  static override description =
    'Counts the shards that are done, running, pending, stopped, failed and missing, and says what those that ended early said last. Reads the plan and the records of the shards, and asks Slurm of those that are not done.'
  static override examples = ['<%= config.bin %> <%= command.id %> out/quickstart']
  static override args = {folder: string({description: 'Folder of the sweep.', required: true})}
  static override flags = {
    complete: boolean({description: 'Refuse a sweep of which a shard is not complete; asks no queue.'}),
  }

  async run(): Promise<SweepStatus | {readonly shardCount: number}> {
    const {args, flags} = await this.parse(SweepStatusCommand)
    const {planOf} = await import('../../cluster/plan.js')
    const {checkComplete, sweepStatus} = await import('../../cluster/sweep-status.js')
    const plan = planOf(args.folder)
    if (flags.complete) {
      checkComplete(args.folder, plan)
      this.log(plan.shardCount === 1 ? 'the only shard is complete' : `all ${plan.shardCount} shards are complete`)
      return {shardCount: plan.shardCount}
    }
    const {slurm} = await import('../../cluster/slurm.js')
    const {sweepStatusText} = await import('../../view/sweep-status-view.js')
    const status = await sweepStatus(args.folder, plan, slurm)
    this.log(sweepStatusText(status))
    return status
  }
}
