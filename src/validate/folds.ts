import type {Accelerator} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {shippedNames} from '../spec/catalogue.js'
import type {MeteredPass} from './sweeps.js'

/** What measured passes tell of an accelerator's constants. */
export interface FittedConstants {
  /** By the paths of its file. */
  readonly set: Readonly<Record<string, string>>
  /** Passes that the fit could use. */
  readonly rowCount: number
}

export type ConstantFit = (accelerator: Accelerator, rows: readonly MeteredPass[]) => FittedConstants

/** A model whose passes are predicted with constants that were fitted without them. */
export interface Fold extends FittedConstants {
  readonly device: string
  readonly heldOut: string
}

/** Leaves each model of each device out once, and fits the constants of the device's accelerator to the passes of the others. */
export function leaveOneModelOut(rows: readonly MeteredPass[], fit: ConstantFit, named?: string): Fold[] {
  const shipped = new Set(shippedNames('accelerator'))
  const devices = [...new Set(rows.map(({device}) => device))].filter((device) => named !== undefined || shipped.has(device))
  return devices.flatMap((device) => {
    const accelerator = loadAccelerator(named ?? device)
    const ofDevice = rows.filter((row) => row.device === device)
    return [...new Set(ofDevice.map(({model}) => model))].map((heldOut) => {
      const others = ofDevice.filter(({model}) => model !== heldOut)
      return {device, heldOut, ...fit(accelerator, others)}
    })
  })
}
