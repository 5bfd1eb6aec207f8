import {type AcceleratorOptions, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {UserError} from '../../src/foundation/user-error.js'

/** A machine small enough to know by heart; errors are pinned to its lines, so lines are only added at its end. */
export const smallAccelerator = `title: Small
source: book
sources:
  book: {title: a book}
parameters:
  cores: 4
  cache: 2 MiB
  wires: 8 * cores
clocks:
  core:
    minimum: 100 MHz
    maximum: 1 GHz
    step: 50 MHz
    nominal: 1 GHz
    voltage:
      - {clock: 100 MHz, voltage: 0.6 V}
      - {clock: 1 GHz, voltage: 0.9 V}
    energyVoltage: 0.9 V
    energyExponent: 2
units:
  array:
    kind: matrix
    count: cores
    clock: core
    tile: {m: 8, n: 8, k: 8}
    operationsPerCycle: {bf16: 100 op/cycle}
    energyPerOperation: {bf16: 1 pJ/op}
memories:
  cache:
    kind: cache
    instances: 1
    capacity: cache
    clock: core
    bandwidth: 2 B/cycle * wires
    latency: 20 ns
    energy: 4 pJ/B
  dram:
    kind: dram
    instances: 1
    capacity: 1 GiB
    bandwidth: 10 GB/s
    latency: 100 ns
    energy: 5 pJ/b
power:
  limit: 20 W
  minimumLimit: 10 W
  maximumLimit: 30 W
  idle:
    - {clock: 100 MHz, power: 1 W}
    - {clock: 1 GHz, power: 2 W}
  static: 0 W
  staticVoltage: 0.9 V
dies:
  chip:
    node: 7 nm
    components:
      cores: {count: cores, area: 5 mm^2}
`

/** The small machine, with values set from outside. */
export const small = (options?: AcceleratorOptions) => parseAccelerator('small', smallAccelerator, options)

/** The small machine's text with one piece of it replaced, which must stand there once. */
export function edited(before: string, after: string): string {
  if (smallAccelerator.split(before).length !== 2) throw new Error(`"${before}" does not stand once in the small accelerator`)
  return smallAccelerator.replace(before, after)
}

/** The error that `act` tells a person. */
export function failure(act: () => unknown): UserError {
  try {
    act()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
