import {string} from '@oclif/core/flags'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {quantityFlag} from '../cli/quantity-flag.js'
import {type BandedWhatIf as Result, whatIfWithBands} from '../dvfs/banded-what-if.js'
import {drawFigure, figureFlag} from '../view/figure-flag.js'
import {machineFlags} from '../view/machine-flags.js'
import {passFlags, passInput} from '../view/pass-flags.js'
import {whatIfText} from '../view/what-if-view.js'
import {loadWorkload} from '../workload/load-workload.js'

export default class WhatIf extends BaseCommand {
  static override summary = 'Show how the time–energy frontier of a pass moves with changes of the hardware.'
  static override description =
    'Evaluates a pass at every core clock of an accelerator as it is, with each change alone and with all together, and splits the energy that the changes save among them.'
  static override examples = [
    "<%= config.bin %> <%= command.id %> --accelerator a100-sxm-80gb --model llama-3.1-8b --phase decode --set l2=100MiB --set 'hbm.energy=2 pJ/b'",
    "<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --batch 8 --set sms=144 --set 'hbmBandwidth=4 TB/s' --figure what-if.svg",
    '<%= config.bin %> <%= command.id %> --accelerator a100-sxm-80gb --model llama-3.1-8b --phase decode --against h100-sxm',
  ]
  static override flags = {
    ...passFlags,
    ...machineFlags,
    accelerator: string({char: 'a', description: 'Name or file of an accelerator.', required: true}),
    model: string({char: 'm', description: 'Name of a model, its config.json or YAML file, or a list of operators.', required: true}),
    set: string({description: 'A change: a parameter, or a field by its path.', helpValue: 'KEY=VALUE', multiple: true}),
    against: string({description: 'Further accelerators, as they are.', helpValue: 'NAME,NAME', delimiter: ',', multiple: true}),
    'power-limit': quantityFlag('watts', 'Average power that the clock is lowered to hold; each design’s own by default.'),
    figure: figureFlag,
  }

  async run(): Promise<Result> {
    const {flags} = await this.parse(WhatIf)
    const {figure, fidelity, against, 'power-limit': powerLimitWatts, 'memory-clock': memoryClockHertz} = flags
    const workload = loadWorkload(flags.model, passInput(flags))
    const options = {fidelity, against, powerLimitWatts, memoryClockHertz, samples: flags.uncertainty}
    const result = whatIfWithBands(flags.accelerator, assignments(flags.set), workload, options)
    if (figure !== undefined) await drawFigure(figure, ({whatIfFigure}) => whatIfFigure(result))
    this.log(whatIfText(result, this.colours))
    return result
  }
}
