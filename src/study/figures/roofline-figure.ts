import {acceleratorSummary} from '../../cost/accelerator-summary.js'
import {evaluate} from '../../cost/evaluate.js'
import type {RooflineInput} from '../../report/charts/roofline-scene.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads} from './figure-context.js'

/** Operators of one pass under the roofs of one accelerator, each against its two outermost memory levels. */
export const rooflineFigure: FigureBuilder<RooflineInput> = (request) => {
  const {accelerator, fidelity} = namedAccelerators(request)[0]!
  const [workload] = namedWorkloads(request)
  const summary = acceleratorSummary(accelerator)
  const {operators} = evaluate(accelerator, workload!, {fidelity})
  const dtypes = new Set(workload!.operators.flatMap(({demand}) => [...demand.contractions, ...demand.work].map(({dtype}) => dtype)))
  const roofs = summary.units
    .filter(({kind}) => kind !== 'special')
    .flatMap(({name, peaks}) =>
      peaks.filter(({dtype}) => dtypes.has(dtype)).map(({dtype, flopsPerSecond}) => ({name: `${name} ${dtype}`, flopsPerSecond})),
    )
  const levels = summary.memories.slice(1)
  const drawn = levels.slice(-2).map(({name}) => name)
  return {
    computeRoofs: roofs,
    memoryRoofs: levels.map(({name, readBytesPerSecond}) => ({name, bytesPerSecond: readBytesPerSecond})),
    operators: operators.flatMap(({name, flops, latencySeconds, bytesByLevel, boundBy}) =>
      drawn
        .filter((memory) => flops > 0 && bytesByLevel[memory]! > 0)
        .map((memory) => ({
          name,
          memory,
          flopsPerByte: flops / bytesByLevel[memory]!,
          flopsPerSecond: flops / latencySeconds,
          latencySeconds,
          boundBy,
        })),
    ),
  }
}
