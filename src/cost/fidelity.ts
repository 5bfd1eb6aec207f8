import type {Accelerator} from '../accelerator/accelerator.js'
import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {calibrated} from './calibrated/calibrated.js'
import {mappedFidelity} from './mapped/mapped.js'
import type {MappingChoice} from './mapped/product-mapper.js'
import type {Fidelity} from './operator-time.js'
import {roofline} from './roofline/roofline.js'

/** The fidelities; a new one is a folder and a line here. */
export const fidelities = {roofline, calibrated, mapped: mappedFidelity()} satisfies Record<string, Fidelity>

export type FidelityName = keyof typeof fidelities
export const fidelityNames = Object.keys(fidelities) as readonly FidelityName[]

/** The fidelity a person asked for, or the best that the accelerator has the measurements for. */
export function chosenFidelity(accelerator: Accelerator, asked: string | undefined): FidelityName {
  if (asked === undefined) return calibrated.isAvailable(accelerator) ? 'calibrated' : 'roofline'
  if (!(fidelityNames as readonly string[]).includes(asked)) throw unknownName('fidelity', asked, fidelityNames)
  return asked as FidelityName
}

const chosen = new WeakMap<MappingChoice, Fidelity>()

/** A fidelity by its name; one that maps products does so as chosen, each product once for all evaluations of one choice. */
export function fidelityOf(name: FidelityName, choice: MappingChoice | undefined): Fidelity {
  if (choice === undefined) return fidelities[name]
  if (name !== 'mapped')
    throw new UserError(`a ${name} time knows no mappings, so that none can be chosen`, {
      code: 'SETTING_UNUSED',
      suggestions: ['add --fidelity mapped', 'or leave strategy, objective, budget and fusion of mappings out'],
    })
  const known = chosen.get(choice) ?? mappedFidelity(choice)
  chosen.set(choice, known)
  return known
}
