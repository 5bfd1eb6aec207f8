import {string as stringArg} from '@oclif/core/args'
import {integer, string} from '@oclif/core/flags'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {percentFlag} from '../cli/percent-flag.js'
import type {Sensitivity as Result} from '../study/sensitivity.js'
import {fidelityFlag} from '../view/fidelity-flag.js'
import {passFlags, passInput} from '../view/pass-flags.js'

export default class Sensitivity extends BaseCommand {
  static override summary = 'Show what the results of a design depend on.'
  static override description =
    'Around one design, what 1 % more of each axis buys and how far each axis moves each result over its range; with --sobol, the shares of the variance over the whole space. Of a study, its axes; of a pass, the free parameters of its accelerator and the core clock.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart --at batch=16 --sobol 1024',
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --phase decode --batch 16',
  ]
  static override args = {study: stringArg({description: 'Name or file of a study; --accelerator and --model say a pass instead.'})}
  static override flags = {
    ...passFlags,
    at: string({description: 'A value of the design around which axes move.', helpValue: 'AXIS=VALUE', multiple: true}),
    objectives: string({description: 'Results to look at.', delimiter: ',', multiple: true, defaultHelp: async () => "the study's own"}),
    sobol: integer({description: 'Samples for Sobol indices; each is evaluated once an axis, and twice.', min: 64, max: 1_000_000}),
    seed: integer({description: 'Another seed draws other samples.', min: 0, dependsOn: ['sobol']}),
    accelerator: string({char: 'a', description: 'Name or file of an accelerator.'}),
    model: string({char: 'm', description: 'Name or file of a model.'}),
    set: string({description: 'A parameter, or a field by its path, in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
    range: percentFlag('How far parameters go down and up around a pass; 10% by default.'),
    fidelity: fidelityFlag,
  }

  async run(): Promise<Result> {
    const {args, flags} = await this.parse(Sensitivity)
    const {sensitivity} = await import('../study/sensitivity.js')
    const {sensitivityText} = await import('../view/sensitivity-view.js')
    const {accelerator, model, fidelity, objectives, range: rangeRatio} = flags
    const changes = assignments(flags.set)
    const subject = {study: args.study, accelerator, model, pass: passInput(flags), changes, rangeRatio, fidelity, objectives}
    const result = sensitivity(subject, {at: assignments(flags.at, '--at', 'batch=16'), sampleCount: flags.sobol, seed: flags.seed})
    this.log(sensitivityText(result, this.colours))
    return result
  }
}
