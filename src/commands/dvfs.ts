import {boolean, string} from '@oclif/core/flags'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {percentFlag} from '../cli/percent-flag.js'
import {quantitiesFlag, quantityFlag} from '../cli/quantity-flag.js'
import {type BandedDvfs, dvfsWithBands} from '../dvfs/banded-dvfs.js'
import {type BandedPlan, planWithBands} from '../dvfs/banded-plan.js'
import {type BandedVariants, variantsWithBands} from '../dvfs/banded-variants.js'
import {passVariants} from '../dvfs/pass-variants.js'
import {dvfsText} from '../view/dvfs-view.js'
import {drawFigure, figureFlag} from '../view/figure-flag.js'
import {machineFlags} from '../view/machine-flags.js'
import {measuredOnlyFlag} from '../view/measured-only-flag.js'
import {passInput} from '../view/pass-flags.js'
import {planText} from '../view/plan-view.js'
import {variantsText} from '../view/variants-view.js'
import {refuseIgnored, variedInput, variedPassFlags} from '../view/varied-flags.js'
import {operatorAlone} from '../workload/kernel-workload.js'
import {loadModel} from '../workload/load-workload.js'

export default class Dvfs extends BaseCommand {
  static override summary = 'Show what clocks and power limits make of a pass, and which clock to choose.'
  static override description =
    'Several batches or formats are compared with each other at every clock. With --plan, chooses a clock for the whole pass, for each of its stages and for each kernel, and compares what they save.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator a100-pcie-40gb --model opt-1.3b --phase prefill --batch 4 --slowdown 5%',
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --phase decode --batch 1,4,16 --deadline 10ms --figure batches.svg',
    '<%= config.bin %> <%= command.id %> --accelerator a100-pcie-40gb --model gpt3-xl --phase train --batch 4 --plan --slowdown 1%',
  ]
  static override flags = {
    ...variedPassFlags,
    ...machineFlags,
    accelerator: string({char: 'a', description: 'Name or file of an accelerator.', required: true}),
    model: string({char: 'm', description: 'Name of a model, its config.json or YAML file, or a list of operators.', required: true}),
    operator: string({description: 'Only the runs of one operator of the pass.', exclusive: ['plan']}),
    'limit-step': quantityFlag('watts', 'Distance of the power limits that are looked at. [default: 25 W]'),
    slowdown: percentFlag('Find the least energy that takes at most this much longer than the fastest. With --plan 1% unless told.'),
    deadline: quantityFlag('seconds', 'Find the least energy that ends within this time.'),
    'measured-only': measuredOnlyFlag,
    figure: figureFlag,
    all: boolean({description: 'Show every clock state.', exclusive: ['plan']}),
    plan: boolean({description: 'Plan the clocks of stages and kernels.'}),
    'switch-time': quantitiesFlag('seconds', 'Times that a change of clock takes, each planned for. [default: 0s,1ms,10ms]', ['plan']),
  }

  async run(): Promise<BandedDvfs | BandedVariants | BandedPlan> {
    const {flags} = await this.parse(Dvfs)
    const {figure, operator, slowdown: slowdownRatio, deadline: deadlineSeconds, fidelity, uncertainty: samples} = flags
    const {'power-limit': powerLimitWatts, 'memory-clock': memoryClockHertz, 'measured-only': measuredOnly} = flags
    const accelerator = loadAccelerator(flags.accelerator, {set: assignments(flags.set)})
    const options = {operator, powerLimitWatts, memoryClockHertz, slowdownRatio, deadlineSeconds, fidelity, samples, measuredOnly}
    const {fixed, vary} = variedInput(flags)
    const variants = passVariants(loadModel(flags.model), passInput(fixed), vary)
    refuseIgnored(flags, variants.length)
    if (variants.length > 1) {
      const result = variantsWithBands(accelerator, variants, options)
      if (figure !== undefined) await drawFigure(figure, ({variantsFigure}) => variantsFigure(result))
      this.log(variantsText(result, this.colours, {isAll: flags.all}))
      return result
    }
    const {workload} = variants[0]!
    if (flags.plan) {
      const planned = planWithBands(accelerator, workload, {...options, switchSeconds: flags['switch-time']})
      if (figure !== undefined) await drawFigure(figure, ({planFigure}) => planFigure(planned, accelerator))
      this.log(planText(planned.record, this.colours))
      return planned.record
    }
    const work = operator === undefined ? workload : operatorAlone(workload, operator)
    const pass = dvfsWithBands(accelerator, work, {...options, limitStepWatts: flags['limit-step']})
    if (figure !== undefined) await drawFigure(figure, ({clocksFigure}) => clocksFigure(pass))
    this.log(dvfsText(pass, this.colours, {isAll: flags.all}))
    return pass
  }
}
