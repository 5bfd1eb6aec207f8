import {string as argument} from '@oclif/core/args'
import {boolean, option, string} from '@oclif/core/flags'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {type AcceleratorSummary, acceleratorSummary} from '../cost/accelerator-summary.js'
import {acceleratorText} from '../view/accelerator-view.js'
import {passFlags, passInput} from '../view/pass-flags.js'
import {subjectKind, subjectKinds} from '../view/subject.js'
import {workloadText} from '../view/workload-view.js'
import {buildWorkload, loadModel} from '../workload/load-workload.js'
import {type WorkloadSummary, workloadSummary} from '../workload/workload-summary.js'

export default class Show extends BaseCommand {
  static override summary = 'Show an accelerator with the source of every constant, or a pass over a model.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> h100-sxm',
    '<%= config.bin %> <%= command.id %> h100-sxm --constants',
    '<%= config.bin %> <%= command.id %> llama-3.1-8b --phase decode --batch 8 --context 4096',
  ]
  static override args = {
    name: argument({description: 'Name or file of an accelerator or a model.', required: true}),
  }
  static override flags = {
    ...passFlags,
    kind: option({description: 'What the name means, where it is both.', options: subjectKinds})(),
    constants: boolean({description: 'Every constant of the accelerator with its value, source and estimate.'}),
    set: string({description: 'A parameter or field of the accelerator in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
  }

  async run(): Promise<AcceleratorSummary | WorkloadSummary> {
    const {args, flags} = await this.parse(Show)
    if (subjectKind(args.name, flags.kind) === 'accelerator') {
      const summary = acceleratorSummary(loadAccelerator(args.name, {set: assignments(flags.set)}))
      this.log(acceleratorText(summary, flags.constants, this.colours))
      return summary
    }
    const model = loadModel(args.name)
    const summary = workloadSummary(model, buildWorkload(model, passInput(flags)))
    this.log(workloadText(summary, this.colours))
    return summary
  }
}
