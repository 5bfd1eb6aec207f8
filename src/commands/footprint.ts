import {integer, string} from '@oclif/core/flags'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {quantityFlag} from '../cli/quantity-flag.js'
import type {BandedAccount} from '../uncertainty/banded-account.js'
import {machineFlags} from '../view/machine-flags.js'
import {passFlags, passInput} from '../view/pass-flags.js'

export default class Footprint extends BaseCommand {
  static override summary = 'Account for a pass, or for requests, in joules, dollars and grams of CO2e.'
  static override description =
    'Of a token, a request, a training step and a run of them, over all devices. What the site does not say is left out of the sums, and named. --site takes pue=1.2, host=90W, carbon="350 g/kWh", electricity="0.12 USD/kWh", rent="2.50 USD/h", and lifetime="4 year" with utilization=0.6, over which the making of the devices is written off.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator h100-sxm --model llama-3.1-8b --prompt 1024 --output-tokens 256 --batch 16 --site pue=1.2 --site carbon="350 g/kWh"',
    '<%= config.bin %> <%= command.id %> --accelerator a100-sxm-80gb --model gpt3-xl --phase train --batch 4 --runs 100000 --site electricity="0.12 USD/kWh"',
  ]
  static override flags = {
    ...passFlags,
    ...machineFlags,
    accelerator: string({char: 'a', description: 'Name or file of an accelerator.', required: true}),
    model: string({char: 'm', description: 'Name of a model, its config.json or YAML file, or a list of operators.', required: true}),
    'output-tokens': integer({description: 'Tokens that each request writes after its prompt.', min: 1}),
    runs: integer({description: 'Passes, training steps or requests of a run.', min: 1}),
    site: string({description: 'What is known of the place; any number of times.', helpValue: 'KEY=VALUE', multiple: true}),
    clock: quantityFlag('hertz', 'Core clock; the highest by default.'),
  }

  async run(): Promise<BandedAccount> {
    const {flags} = await this.parse(Footprint)
    const {accountWithBands} = await import('../uncertainty/banded-account.js')
    const {siteOf} = await import('../cost/site.js')
    const {loadModel} = await import('../workload/load-workload.js')
    const {accountText} = await import('../view/account-view.js')
    const accelerator = loadAccelerator(flags.accelerator, {set: assignments(flags.set)})
    const account = accountWithBands(accelerator, loadModel(flags.model), passInput(flags), {
      site: siteOf(assignments(flags.site, '--site', 'pue=1.2')),
      outputTokens: flags['output-tokens'],
      runCount: flags.runs,
      clockHertz: flags.clock,
      memoryClockHertz: flags['memory-clock'],
      powerLimitWatts: flags['power-limit'],
      fidelity: flags.fidelity,
      samples: flags.uncertainty,
    })
    this.log(accountText(account, this.colours))
    return account
  }
}
