import {boundNames} from '../bounds.js'
import type {Fidelity} from '../operator-time.js'
import {rooflineTime} from '../roofline/roofline.js'
import {kernelModel} from './kernel-models.js'
import {type ProfileEntry, profileEntry, profileOf} from './profile.js'

export const calibrated: Fidelity = {
  summary: 'white-box kernel times, their parameters fitted from measured kernels',
  compile: ({accelerator, machine, node, run, busy, rowCapacity}) => {
    const found = profileEntry(profileOf(accelerator), node.class, node.dtype)
    if (found === undefined) return {basis: 'uncalibrated', from: 'the described machine', kernel: rooflineTime(busy)}
    const {entry, isExact} = found
    const names = boundNames(machine)
    const boundIndex = (name: string): number => names.indexOf(name)
    return {
      basis: isExact && entry.device === accelerator.name ? 'measured' : 'borrowed',
      from: label(entry),
      kernel: kernelModel(entry.class).compile({machine, node, run, parameters: entry.parameters, busy, rowCapacity, boundIndex}),
    }
  },
  isAvailable: (accelerator) => profileOf(accelerator).length > 0,
}

function label(entry: ProfileEntry): string {
  return `${entry.device} ${entry.class} ${entry.dtype}`
}
