import type {Hierarchy} from '../../accelerator/hierarchy.js'
import {UserError} from '../../foundation/user-error.js'
import type {FittingMapping} from '../../mapping/mapped-problem.js'
import type {LevelAnalysis} from '../../mapping/nest-analysis.js'
import type {BreakdownInput} from '../../report/charts/breakdown.js'
import type {RooflineInput} from '../../report/charts/roofline-scene.js'
import type {Figure} from '../../report/report.js'
import type {Problem} from '../../workload/problem.js'

/** What the figure of traffic shows of a mapping, of one problem or of a chain. */
type DrawnTraffic = Pick<FittingMapping, 'problem' | 'accelerator' | 'levels'> & {
  readonly arithmetic: Pick<FittingMapping['arithmetic'], 'name' | 'energyJoules'>
}

/** Bytes and energy of each level by tensor, all instances together. */
export function trafficFigure(mapped: DrawnTraffic, problem: Pick<Problem, 'tensors'>): Figure {
  const title = `Traffic of each level: ${mapped.problem} on ${mapped.accelerator}`
  const caption = 'All words read and written at each level, all its instances together.'
  return {name: 'traffic', title, caption, kind: 'breakdown', input: trafficInput(mapped, problem)}
}

function trafficInput({levels, arithmetic}: DrawnTraffic, problem: Pick<Problem, 'tensors'>): BreakdownInput {
  const configurations = levels.map((level) => ({
    name: level.name,
    latencyParts: [],
    energyParts: level.tensors.map(({name, energyJoules}) => ({name, energyJoules: energyJoules * level.instances})),
    trafficParts: level.tensors.map(({name, reads, fills, updates}, tensor) => ({
      name,
      trafficBytes: ((reads + fills + updates) * level.instances * problem.tensors[tensor]!.elementBits) / 8,
    })),
  }))
  const arithmeticParts = [{name: 'arithmetic', energyJoules: arithmetic.energyJoules}]
  const partOrder = [...problem.tensors.map(({name}) => name), 'arithmetic']
  return {
    barTitle: 'Level',
    partOrder,
    configurations: [...configurations, {name: arithmetic.name, latencyParts: [], energyParts: arithmeticParts}],
  }
}

/** The roof of each level, and where the mapping stands under it: its operations over the bytes through the level's busiest port. */
export function hierarchyRooflineFigure(mapped: FittingMapping, problem: Problem, hierarchy: Hierarchy): Figure {
  const title = `Roofline of the hierarchy: ${mapped.problem} on ${mapped.accelerator}`
  const caption = 'A multiply-add is two operations. Levels whose rate nothing limits have no roof.'
  return {name: 'roofline', title, caption, kind: 'roofline', input: rooflineInput(mapped, problem, hierarchy)}
}

function rooflineInput(mapped: FittingMapping, problem: Problem, hierarchy: Hierarchy): RooflineInput {
  const {arithmetic, hertz} = hierarchy
  const {latencySeconds, operationCount, boundBy} = mapped
  const flops = 2 * operationCount
  const ports = mapped.levels.flatMap((level, index) => busiestPort(level, index, problem, hierarchy) ?? [])
  if (ports.length === 0)
    throw new UserError(`nothing limits the rate of any level of ${hierarchy.name}, so that there is no roof to draw`, {
      code: 'NO_ROOF',
      suggestions: ['state a bandwidth of a level', 'or draw the traffic: --figure FILE'],
    })
  return {
    computeRoofs: [{name: arithmetic.name, flopsPerSecond: (2 * arithmetic.instanceCount * hertz) / arithmetic.cyclesPerStep}],
    memoryRoofs: together(ports, ({bytesPerSecond}) => bytesPerSecond, 1).map(({name, bytesPerSecond}) => ({name, bytesPerSecond})),
    operators: together(
      ports.filter(({trafficBytes}) => trafficBytes > 0),
      ({trafficBytes}) => trafficBytes,
      3,
    ).map(({name, trafficBytes}) => ({
      name,
      memory: name,
      flopsPerByte: flops / trafficBytes,
      flopsPerSecond: flops / latencySeconds,
      latencySeconds,
      boundBy,
    })),
  }
}

/** Of a level's ports the one that needs the most cycles: all bytes through it, and the rate of all instances; none where nothing limits it. */
function busiestPort(level: LevelAnalysis, index: number, {tensors}: Problem, {levels, hertz}: Hierarchy) {
  const {name, instanceCount, readBytesPerCycle, writeBytesPerCycle, sharedBytesPerCycle} = levels[index]!
  const bytes = (words: (tensor: LevelAnalysis['tensors'][number]) => number): number =>
    level.tensors.reduce((sum, tensor, t) => sum + (words(tensor) * tensors[t]!.elementBits) / 8, 0)
  const read = bytes(({reads}) => reads)
  const written = bytes(({fills, updates}) => fills + updates)
  const ports = [
    {instanceBytes: read, rate: readBytesPerCycle},
    {instanceBytes: written, rate: writeBytesPerCycle},
    {instanceBytes: read + written, rate: sharedBytesPerCycle},
  ].filter(({rate}) => Number.isFinite(rate))
  const [busiest] = ports.sort((a, b) => b.instanceBytes / b.rate - a.instanceBytes / a.rate)
  if (busiest === undefined) return undefined
  return {name, trafficBytes: busiest.instanceBytes * level.instances, bytesPerSecond: busiest.rate * instanceCount * hertz}
}

/** Levels that would be drawn on top of each other are one that bears the names of all, or of the first few. */
function together<T extends {readonly name: string}>(levels: readonly T[], placeOf: (level: T) => number, namedCount: number): T[] {
  const places = [...new Set(levels.map(placeOf))]
  return places.map((place) => {
    const group = levels.filter((level) => placeOf(level) === place)
    const named = group.slice(0, namedCount).map(({name}) => name)
    const restCount = group.length - named.length
    return {...group[0]!, name: `${named.join(', ')}${restCount === 0 ? '' : ` and ${restCount} more`}`}
  })
}
