import {boolean, integer, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import {percentFlag} from '../cli/percent-flag.js'
import {quantityFlag} from '../cli/quantity-flag.js'
import {refuseTogether} from '../cli/refuse-together.js'
import type {Forecast} from '../extrapolate/forecast.js'
import {drawFigure, figureFlag} from '../view/figure-flag.js'

export default class Extrapolate extends BaseCommand {
  static override summary = 'Predict time and energy of a long run from a few measured steps.'
  static override description =
    'The trace has a row for each step, in their order, with its latency_us, its power_w or energy_j, and its clock_mhz or power_limit_w. From two clocks or limits, those that were not measured are predicted as well; where op, model, dtype, batch and seq_q name a pass that has a graph, it tells which clocks wait for the host, and otherwise a third clock may.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --trace steps.csv --steps 100000',
    '<%= config.bin %> <%= command.id %> --trace steps.csv --tokens 2000000000 --tokens-per-step 16384 --accelerator a100-pcie-40gb --slowdown 5%',
  ]
  static override flags = {
    trace: string({description: 'CSV file of measured steps.', required: true}),
    steps: integer({description: 'Steps of the long run.', min: 1, exactlyOne: ['steps', 'epochs', 'tokens']}),
    epochs: integer({description: 'Epochs of the long run.', min: 1, dependsOn: ['steps-per-epoch']}),
    tokens: integer({description: 'Tokens of the long run.', min: 1, dependsOn: ['tokens-per-step']}),
    'steps-per-epoch': integer({description: 'Steps of an epoch.', min: 1}),
    'tokens-per-step': integer({description: 'Tokens of a step.', min: 1}),
    accelerator: string({char: 'a', description: 'Name or file of the accelerator, in place of the device of the rows.'}),
    confidence: percentFlag('How sure the intervals are to hold. [default: 95%]'),
    slowdown: percentFlag('Find the least energy that takes at most this much longer than the fastest.'),
    deadline: quantityFlag('seconds', 'Find the least energy that ends within this time.'),
    figure: figureFlag,
    all: boolean({description: 'Show every clock.'}),
  }

  async run(): Promise<Forecast> {
    const {flags} = await this.parse(Extrapolate)
    refuseTogether(flags, {steps: ['steps-per-epoch', 'tokens-per-step'], epochs: ['tokens-per-step'], tokens: ['steps-per-epoch']})
    const {steps, epochs = 0, tokens = 0, 'steps-per-epoch': perEpoch = 0, 'tokens-per-step': perStep = 1} = flags
    const stepCount = steps ?? (epochs > 0 ? epochs * perEpoch : Math.ceil(tokens / perStep))
    const {forecastOfTrace} = await import('../extrapolate/forecast-trace.js')
    const {forecastText} = await import('../view/forecast-view.js')
    const {trace, accelerator, figure, confidence, slowdown, deadline} = flags
    const options = {stepCount, confidenceRatio: confidence, slowdownRatio: slowdown, deadlineSeconds: deadline}
    const result = await forecastOfTrace(trace, accelerator, options)
    if (figure !== undefined) await drawFigure(figure, ({forecastFigure}) => forecastFigure(result))
    this.log(forecastText(result, this.colours, {isAll: flags.all}))
    return result
  }
}
