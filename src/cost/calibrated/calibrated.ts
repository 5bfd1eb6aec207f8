import path from 'node:path'
import type {Accelerator} from '../../accelerator/accelerator.js'
import type {OperatorClass} from '../../workload/operator.js'
import {boundNames} from '../bounds.js'
import type {Fidelity, TimeContext} from '../operator-time.js'
import {longestSeconds, rooflineOperator} from '../roofline/roofline.js'
import {explainKernel} from './explain.js'
import type {KernelContext, KernelModel} from './kernel-model.js'
import {kernelModels} from './kernel-models.js'
import {expectedErrors, type Kinship, nearestEntry, nearestHostEntry, sizesBeyond} from './nearest-entry.js'
import {type ProfileEntry, profileOf} from './profile.js'

export const calibrated: Fidelity = {
  summary: 'white-box kernel times, their parameters fitted from measured kernels',
  compile: (context) => {
    const {accelerator, node, loads} = context
    const entries = profileOf(accelerator)
    const found = nearestEntry(entries, node.class, node.dtype, context.run.launch, accelerator.name)
    if (found === undefined) return {...rooflineOperator(loads), basis: 'uncalibrated'}
    const {entry, isExact} = found
    const kinship = kinshipOf(accelerator, entry)
    const isOwn = isExact && kinship === 'own'
    const model = modelFor(node.class, entry.class)
    const kernelContext = contextOf(context, entry)
    const {time, hostSeconds} = model.compile(kernelContext)
    return {
      basis: isOwn ? 'measured' : 'borrowed',
      from: `${entry.device} ${entry.class} ${entry.dtype}`,
      ...expectedErrors(entry, kinship === 'own' && !isExact ? 'generation' : kinship),
      beyond: sizesBeyond(node, entry),
      kernel: time,
      hostSeconds: context.run.launch === 'alone' ? hostSeconds : loneHostSeconds(context, entries),
      explain: (coreHertz) => explainKernel(model, kernelContext, longestSeconds(loads), coreHertz),
    }
  },
  isAvailable: (accelerator: Accelerator) => profileOf(accelerator).length > 0,
}

/** A changed design was never measured, however near it stands to one that was. */
function kinshipOf({name, files, changes, generation}: Accelerator, {device}: ProfileEntry): Kinship {
  if (device === name && Object.keys(changes).length === 0) return 'own'
  const isBase = files.some((file) => path.basename(path.dirname(file)) === device)
  return isBase || generation?.measured.includes(device) === true ? 'generation' : 'other'
}

/** A class that borrows parameters keeps its own structure where the same parameters describe it. */
function modelFor(own: OperatorClass, lender: OperatorClass): KernelModel {
  const [model, lent] = [kernelModels[own], kernelModels[lender]!]
  const names = (each: KernelModel): string => Object.keys(each.parameters).join()
  return model !== undefined && names(model) === names(lent) ? model : lent
}

/** Only kernels that a host issued one by one tell how long it needs for each. */
function loneHostSeconds(context: TimeContext, entries: readonly ProfileEntry[]): () => number {
  const {class: name, dtype, isNested = false} = context.node
  // What no host was measured to issue costs it at least what a plain kernel does.
  const entry = (isNested ? undefined : nearestHostEntry(entries, name, dtype)) ?? nearestHostEntry(entries, 'elementwise', dtype)
  if (entry === undefined) return () => 0
  const {hostSeconds} = modelFor(isNested ? entry.class : name, entry.class).compile(contextOf(context, entry))
  const hostRatio = hostLaunchRatio(context.accelerator, entry) * (isNested ? nestedHostRatio : 1)
  return () => hostRatio * hostSeconds()
}

/** A host whose own launches were measured is what they say; another one is faster or slower by what its file states. */
function hostLaunchRatio({name, machine}: Accelerator, {device}: ProfileEntry): number {
  return device === name ? 1 : machine.hostLaunchRatio
}

/** Host time of a kernel that another operator issues over that of a plain one: the launch alone. Eager passes with such copies and without, on an A100. */
const nestedHostRatio = 0.3

function contextOf({machine, node, run, rowCapacity}: TimeContext, {parameters}: ProfileEntry): KernelContext {
  const names = boundNames(machine)
  return {machine, node, run, parameters, rowCapacity, boundIndex: (name) => names.indexOf(name)}
}
