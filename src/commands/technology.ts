import type {Technology as Process, ScalingLine} from '../accelerator/technology.js'
import {BaseCommand} from '../cli/base-command.js'
import {requiredQuantityFlag} from '../cli/quantity-flag.js'

/** What each way to carry energies from one technology to another makes of them. */
export interface TechnologyComparison {
  readonly from: Process
  readonly to: Process
  readonly energies: readonly ScalingLine[]
}

export default class Technology extends BaseCommand {
  static override summary = 'Compare the ways to carry energies from one process to another.'
  static override description =
    'They differ by several times, so that the choice is yours: put `technology: {node, voltage, to, toVoltage, scaling}` into an accelerator file, or set its last three: ridge eval … --set "technology.to=7 nm" --set "technology.toVoltage=0.7 V" --set technology.scaling=stillmaker-baas'
  static override examples = ['<%= config.bin %> <%= command.id %> --from 45nm --voltage 0.9V --to 7nm --to-voltage 0.7V']
  static override flags = {
    from: requiredQuantityFlag('millimetres', 'Process of the known energies.'),
    voltage: requiredQuantityFlag('volts', 'Voltage that they are stated at.'),
    to: requiredQuantityFlag('millimetres', 'Process to carry them to.'),
    'to-voltage': requiredQuantityFlag('volts', 'Voltage there.'),
  }

  async run(): Promise<TechnologyComparison> {
    const {flags} = await this.parse(Technology)
    const {compareScalings} = await import('../accelerator/technology.js')
    const {technologyComparisonText} = await import('../view/technology-view.js')
    const from = {nodeMillimetres: flags.from, volts: flags.voltage}
    const to = {nodeMillimetres: flags.to!, volts: flags['to-voltage']}
    const comparison = {from, to, energies: compareScalings(from, to)}
    this.log(technologyComparisonText(comparison, this.colours))
    return comparison
  }
}
