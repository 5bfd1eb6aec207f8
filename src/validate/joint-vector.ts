import type {KernelParameter} from '../cost/calibrated/kernel-model.js'

/** One vector for the parameters of several devices: what a generation shares stands in it once, what a device has of its own once for each. */
export interface JointVector {
  readonly specs: readonly KernelParameter[]
  /** By device: the place in the vector of each of its parameters. */
  readonly places: readonly (readonly number[])[]
}

/** Lays out the parameters of so many devices that follow one model. */
export function jointVector(own: readonly KernelParameter[], deviceCount: number): JointVector {
  const specs: KernelParameter[] = []
  const shared = own.map((spec) => (spec.scope === 'generation' ? specs.push(spec) - 1 : undefined))
  const places = Array.from({length: deviceCount}, () => own.map((spec, index) => shared[index] ?? specs.push(spec) - 1))
  return {specs, places}
}

/** Writes a vector into the array of each device. */
export function spreadVector(values: Float64Array, places: JointVector['places'], arrays: readonly Float64Array[]): void {
  for (const [device, array] of arrays.entries()) {
    for (const [index, place] of places[device]!.entries()) array[index] = values[place]!
  }
}
