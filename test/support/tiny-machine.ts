import type {Accelerator} from '../../src/accelerator/accelerator.js'
import {parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {OperatorNode, Workload} from '../../src/workload/operator.js'

/**
 * Round numbers: at 1 GHz the array and the lanes compute 100 Tflop/s each over a memory of 1 TB/s, so that the ridge is
 * at 100 flop per byte; 1 pJ an operation, 10 pJ a byte of the memory and 1 pJ a byte of the buffer; 10 W idle, 20 W static.
 */
export const tinyText = `
title: tiny
source: here
sources: {here: {title: round numbers}}
parameters:
  cores: {value: 100}
  dramBandwidth: {value: 1 TB/s}
  bufferCapacity: {value: 1 MiB}
clocks:
  core:
    {minimum: 200 MHz, maximum: 1 GHz, step: 50 MHz, nominal: 1 GHz, energyVoltage: 1 V, energyExponent: 2, voltage: {floor: 500 mV, knee: 600 MHz, slope: 1.25 mV/MHz}}
units:
  array: {kind: matrix, count: cores, clock: core, tile: {m: 16, n: 16, k: 16}, operationsPerCycle: {bf16: 1000 op/cycle}, energyPerOperation: {bf16: 1 pJ/op}}
  lanes: {kind: vector, count: cores, clock: core, operationsPerCycle: {fp32: 1000 op/cycle}, energyPerOperation: {fp32: 1 pJ/op}}
  tables: {kind: special, count: cores, clock: core, operationsPerCycle: {fp32: 100 op/cycle}, energyPerOperation: {fp32: 4 pJ/op}}
memories:
  buffer: {kind: scratchpad, instances: 1, capacity: bufferCapacity, clock: core, bandwidth: 100000 B/cycle, latency: 0 s, energy: 1 pJ/B}
  dram: {kind: dram, instances: 1, capacity: 16 GB, bandwidth: dramBandwidth, latency: 100 ns, energy: 10 pJ/B}
links:
  wire: {topology: switch, count: 10, bandwidthPerDirection: 10 GB/s, latency: 1 us, energy: 80 pJ/B, maximumRanks: 8}
power: {limit: 1 kW, minimumLimit: 1 W, maximumLimit: 1 kW, idle: [{clock: 200 MHz, power: 10 W}], static: 20 W, staticVoltage: 1 V}
`

/** The tiny machine, with `--set`-like changes. */
export function tinyMachine(set: Readonly<Record<string, string>> = {}, text = tinyText): Accelerator {
  return parseAccelerator('tiny', text, {set})
}

/** An operator with nothing to do but what is given. */
export function node(demand: Partial<OperatorNode['demand']>, over: Partial<Omit<OperatorNode, 'demand'>> = {}): OperatorNode {
  return {
    name: 'work',
    kind: 'elementwise',
    class: 'elementwise',
    dtype: 'bf16',
    count: 1,
    shape: {},
    ...over,
    demand: {work: [], contractions: [], reads: [], writes: [], ...demand},
  }
}

/** So many operations of the lanes on so many bytes read. */
export function lanesNode(operationCount: number, bytes: number, over: Partial<Omit<OperatorNode, 'demand'>> = {}): OperatorNode {
  return node({work: [{unit: 'vector', dtype: 'fp32', operationCount}], reads: [{tensor: 'activations', bytes}]}, over)
}

/** A matrix product of bf16 operands, each byte of A and B read and of C written once. */
export function productNode(m: number, n: number, k: number, over: Partial<Omit<OperatorNode, 'demand'>> = {}): OperatorNode {
  return node(
    {
      contractions: [{m, n, k, batchCount: 1, dtype: 'bf16', operationCount: 2 * m * n * k, operandBytes: 2}],
      reads: [
        {tensor: 'activations', bytes: 2 * m * k},
        {tensor: 'weights', bytes: 2 * k * n},
      ],
      writes: [{tensor: 'activations', bytes: 2 * m * n}],
    },
    {kind: 'gemm', class: 'gemm', ...over},
  )
}

/** A pass of these operators. */
export function workloadOf(...operators: readonly OperatorNode[]): Workload {
  return {
    name: 'work',
    phase: 'prefill',
    operators,
    parameterCount: 0,
    residentBytes: {weights: 1e9, activations: 0, kvCache: 0, optimizerState: 0},
    tokenCount: 1,
    settings: {},
  }
}
