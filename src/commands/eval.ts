import {string} from '@oclif/core/flags'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {quantityFlag} from '../cli/quantity-flag.js'
import {evidenceBehind} from '../cost/evidence.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {type BandedEvaluation, evaluateWithBands} from '../uncertainty/banded-evaluation.js'
import {type Comparison, compare, comparisonOf} from '../view/comparison.js'
import {comparisonText} from '../view/comparison-view.js'
import {evaluationText} from '../view/evaluation-view.js'
import {failAboveFlag, heldBars} from '../view/fail-above-flag.js'
import {machineFlags} from '../view/machine-flags.js'
import {chosenMapping, mappingFlags} from '../view/mapping-flags.js'
import {measuredOnlyFlag} from '../view/measured-only-flag.js'
import {passFlags, passInput} from '../view/pass-flags.js'
import {fusedWorkload} from '../workload/fused-workload.js'
import {loadWorkload} from '../workload/load-workload.js'

export default class Eval extends BaseCommand {
  static override summary = 'Estimate time, energy and power of a pass over a model on an accelerator.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --phase decode --batch 16 --context 2048',
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --clock 1410MHz --set sms=144 --set l2="60 MiB"',
    '<%= config.bin %> <%= command.id %> --compare a100-sxm-80gb,h100-sxm --model llama-3.1-8b --power-limit 300W',
  ]
  static override flags = {
    ...passFlags,
    ...machineFlags,
    ...mappingFlags,
    accelerator: string({char: 'a', description: 'Name or file of an accelerator.'}),
    model: string({char: 'm', description: 'Name of a model, its config.json or YAML file, or a list of operators.', required: true}),
    clock: quantityFlag('hertz', 'Core clock; the highest by default.'),
    'measured-only': measuredOnlyFlag,
    explain: string({description: 'Also print how the time of one operator comes about.', helpValue: 'OPERATOR', exclusive: ['compare']}),
    compare: string({description: 'More accelerators, side by side.', helpValue: 'NAME,NAME', delimiter: ',', multiple: true}),
    'fail-above': failAboveFlag,
  }

  async run(): Promise<BandedEvaluation | Comparison> {
    const {flags} = await this.parse(Eval)
    const names = [...(flags.accelerator === undefined ? [] : [flags.accelerator]), ...(flags.compare ?? [])]
    if (names.length === 0)
      throw new UserError('no accelerator is named', {
        code: 'USAGE',
        suggestions: ['add --accelerator NAME, or --compare NAME,NAME', 'ridge list accelerators'],
        exitCode: exitCodes.usage,
      })
    const workload = fusedWorkload(loadWorkload(flags.model, passInput(flags)), flags.fusion)
    const {clock, fidelity, explain, uncertainty: samples} = flags
    const options = {
      clockHertz: clock,
      memoryClockHertz: flags['memory-clock'],
      powerLimitWatts: flags['power-limit'],
      fidelity,
      mapping: chosenMapping(flags),
      explain,
      samples,
      measuredOnly: flags['measured-only'],
    }
    const set = assignments(flags.set)
    const accelerators = names.map((name) => loadAccelerator(name, {set}))
    if (flags.compare !== undefined) {
      const outcomes = compare(accelerators, workload, options)
      this.log(comparisonText(outcomes, this.colours))
      return heldBars(comparisonOf(outcomes), flags['fail-above'], this.jsonEnabled())
    }
    const accelerator = accelerators[0]!
    const evaluation = evaluateWithBands(accelerator, workload, options)
    this.log(evaluationText(evaluation, accelerator, evidenceBehind(accelerator, workload, evaluation), this.colours))
    return heldBars(evaluation, flags['fail-above'], this.jsonEnabled())
  }
}
