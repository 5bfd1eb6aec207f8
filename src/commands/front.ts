import {string as stringArg} from '@oclif/core/args'
import {integer, string} from '@oclif/core/flags'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {percentFlag} from '../cli/percent-flag.js'
import type {FrontAnswer} from '../study/front-answer.js'
import {fidelityFlag} from '../view/fidelity-flag.js'

export default class Front extends BaseCommand {
  static override summary = 'Show the best designs of a study that has been swept, and what limits them.'
  static override description =
    'For each workload the size and hypervolume of the front, its corners and its knee, what bounds each of them and which constraints are close. With --save, the nearest design to each that is cheaper.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart',
    '<%= config.bin %> <%= command.id %> quickstart --save cost --within 2%',
    "<%= config.bin %> <%= command.id %> quickstart --at sms=132 --at 'hbmBandwidth=3.4 TB/s' --at batch=16 --save power",
  ]
  static override args = {study: stringArg({description: 'Name or file of a study.', required: true})}
  static override flags = {
    at: string({description: 'A design to show too, by its axes: the nearest one stored.', helpValue: 'AXIS=VALUE', multiple: true}),
    save: string({description: 'A result of which the nearest design has to take less (or give more).', helpValue: 'RESULT'}),
    within: percentFlag('Most that it may lose in each other objective; 5% by default.', ['save']),
    uncertainty: integer({
      description: 'Samples over the ranges of the constants: bands, and how often each design stays on the front.',
      min: 20,
      max: 100_000,
    }),
    fidelity: fidelityFlag,
    store: string({description: 'SQLite file of the points.', defaultHelp: async () => 'out/<study>/points.db'}),
  }

  async run(): Promise<FrontAnswer> {
    const {args, flags} = await this.parse(Front)
    const {frontAnswer} = await import('../study/front-answer.js')
    const {savingOf} = await import('../study/nearest-design.js')
    const {withSweptStudy} = await import('../study/swept-study.js')
    const {frontText} = await import('../view/front-view.js')
    const {save, within, uncertainty: samples} = flags
    const at = assignments(flags.at, '--at', 'sms=132')
    const answer = withSweptStudy(args.study, flags, (study, store) =>
      frontAnswer(study, store, {at, saving: savingOf(study, save, within), samples}),
    )
    this.log(frontText(answer, this.colours))
    return answer
  }
}
