import {string as stringArg} from '@oclif/core/args'
import {integer, option, string} from '@oclif/core/flags'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import type {StudyChoice} from '../study/study-choice.js'
import {robustMeasureNames} from '../sweep/robust-choice.js'
import {fidelityFlag} from '../view/fidelity-flag.js'

export default class Choose extends BaseCommand {
  static override summary = 'Choose one design for all workloads of a study that has been swept.'
  static override description =
    'A design is an accelerator with its parameters; clocks, power limits and settings of the pass are free for each workload unless held; of a sample, all axes are the design. Designs have to meet every constraint on every workload.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart --objective energyPerToken',
    '<%= config.bin %> <%= command.id %> quickstart --by weighted --weight decode=256 --weight prefill=1 --hold batch',
  ]
  static override args = {study: stringArg({description: 'Name or file of a study.', required: true})}
  static override flags = {
    by: option({
      description: 'How the results of several workloads count together.',
      options: robustMeasureNames,
      default: 'regret' as const,
    })(),
    objective: string({
      description: 'Result to choose by, a minus before one that is to be large.',
      defaultHelp: async () => "the study's first",
    }),
    weight: string({description: 'How often a workload counts.', helpValue: 'WORKLOAD=NUMBER', multiple: true}),
    hold: string({description: 'Axes whose value all workloads share.', delimiter: ',', multiple: true}),
    limit: integer({description: 'Designs to show.', min: 1, default: 5}),
    fidelity: fidelityFlag,
    store: string({description: 'SQLite file of the points.', defaultHelp: async () => 'out/<study>/points.db'}),
  }

  async run(): Promise<StudyChoice> {
    const {args, flags} = await this.parse(Choose)
    const {studyChoice} = await import('../study/study-choice.js')
    const {withSweptStudy} = await import('../study/swept-study.js')
    const {choiceText} = await import('../view/choice-view.js')
    const {by, objective, hold, limit} = flags
    const weights = assignments(flags.weight, '--weight', 'decode=3')
    const choice = withSweptStudy(args.study, flags, (study, store) => studyChoice(study, store, {by, objective, weights, hold, limit}))
    this.log(choiceText(choice, this.colours))
    return choice
  }
}
