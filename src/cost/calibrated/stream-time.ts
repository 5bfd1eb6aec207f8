import type {OperatorNode} from '../../workload/operator.js'
import type {KernelModel, KernelParameter} from './kernel-model.js'
import {type StreamReading, streamKernel} from './stream-kernel.js'
import {elementwiseStream, embeddingStream, normStream, softmaxStream} from './stream-shapes.js'

/** Shares of a launch that no work of a lone kernel hides; each fitted once, for V100, T4 and A100 together. */
const [softmaxExposedShare, normExposedShare] = [0.62, 0.7]
/** Functions that eager frameworks hand a converted scalar or a named variant, which costs the host time. */
const argumentFunctions = new Set(['addu', 'mulu', 'divu', 'powu', 'relu', 'gelu'])

const host: KernelParameter = {
  unit: 'us',
  least: 0,
  most: 100,
  start: 40,
  ideal: 0,
  scope: 'device',
  meaning: 'host time to issue one kernel; a lone kernel never ends before, and shows most of it',
  source: 'timed regions of lone kernels, whose fastest rows do not depend on their shape',
}
const exposed: KernelParameter = {
  unit: 'us',
  least: 0,
  most: 60,
  start: 20,
  ideal: 0,
  scope: 'device',
  meaning: 'part of a lone launch that no work hides',
  source: 'intercept of lone kernels over their bytes',
}
const dramShare: KernelParameter = {
  unit: 'ratio',
  least: 0.3,
  most: 1,
  start: 0.9,
  ideal: 1,
  scope: 'device',
  meaning: "streams' share of the main memory's peak bandwidth",
  source: 'row buffers, refresh and turnarounds of DRAM',
}
const overlap: KernelParameter = {
  unit: 'ratio',
  least: 0.05,
  most: 20,
  start: 0.8,
  ideal: Number.POSITIVE_INFINITY,
  scope: 'generation',
  meaning: 'accesses that a resident thread has under way at once',
  source: "Little's law over resident threads",
}
const busy: KernelParameter = {
  unit: 'us',
  least: 0,
  most: 400,
  start: 120,
  ideal: 0,
  scope: 'device',
  meaning: 'length of lone kernels that keep the card busy enough to leave its idle clock; nothing within a pass',
  source: 'clock governors raise the clock with utilisation',
}
const argument: KernelParameter = {
  unit: 'us',
  least: 0,
  most: 50,
  start: 5,
  ideal: 0,
  scope: 'device',
  meaning: 'host time to convert a scalar argument',
  source: 'PyTorch, wrapped numbers become tensors before dispatch',
}

const microsecond = 1e-6
const rowParameters = {host, dramShare, overlap, busy}
const rowReading = (exposedShare: number): StreamReading => ({
  hostSeconds: (parameters) => parameters[0]! * microsecond,
  exposedSeconds: (parameters) => parameters[0]! * microsecond * exposedShare,
  memoryShare: (parameters) => parameters[1]!,
  accessOverlap: (parameters) => parameters[2]!,
  busySeconds: (parameters) => parameters[3]! * microsecond,
})

/** Softmax over rows. */
export const softmaxTime: KernelModel<keyof typeof rowParameters> = {
  parameters: rowParameters,
  compile: (context) => streamKernel(context, softmaxStream(context.node), rowReading(softmaxExposedShare)),
}

/** LayerNorm and RMSNorm. */
export const normTime: KernelModel<keyof typeof rowParameters> = {
  parameters: rowParameters,
  compile: (context) => streamKernel(context, normStream(context.node), rowReading(normExposedShare)),
}

const elementwiseParameters = {host, exposed, dramShare, argument}

/** Functions of each element; the optimizer's step over all parameters is built like them. */
export const elementwiseTime: KernelModel<keyof typeof elementwiseParameters> = {
  parameters: elementwiseParameters,
  compile: (context) => streamKernel(context, elementwiseStream(context.node), elementwiseReading(context.node)),
}

function elementwiseReading({shape}: OperatorNode): StreamReading {
  const argumentCount = argumentFunctions.has(String(shape['function'])) ? 1 : 0
  return {
    hostSeconds: (parameters) => (parameters[0]! + argumentCount * parameters[3]!) * microsecond,
    exposedSeconds: (parameters) => (parameters[1]! + argumentCount * parameters[3]!) * microsecond,
    memoryShare: (parameters) => parameters[2]!,
    accessOverlap: () => 1,
    busySeconds: () => 0,
  }
}

const embeddingParameters = {host, exposed, overlap}

/** Look-ups of table rows. */
export const embeddingTime: KernelModel<keyof typeof embeddingParameters> = {
  parameters: embeddingParameters,
  compile: (context) =>
    streamKernel(context, embeddingStream(context.node), {
      hostSeconds: (parameters) => parameters[0]! * microsecond,
      exposedSeconds: (parameters) => parameters[1]! * microsecond,
      memoryShare: () => 1,
      accessOverlap: (parameters) => parameters[2]!,
      busySeconds: () => 0,
    }),
}
