import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {clockSweeps, repeatCount} from './clock-sweep.js'
import {compositions} from './compositions.js'
import {designPointRates} from './design-points.js'
import {kernelRates} from './kernel-models.js'
import {searchTimings} from './mapping-search.js'
import {mappingRates} from './mappings.js'
import {plans} from './plans.js'
import {searchedSpaces} from './searches.js'
import {storeQueries} from './store-queries.js'
import {sweepRates, wholeSweep} from './sweeps.js'

const binary = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

function line(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(44)}${value}\n`)
}

function rate(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString('en')} points/s`
}

function benchDesignPoints(): number {
  const {operatorCount, pointCount, singleCount, plain, engines, otherDifference} = designPointRates()
  line('cost model, a second of one core', `${operatorCount} operators, ${pointCount} points, all different in SMs, bandwidth, L2, clock`)
  for (const each of [plain, ...engines])
    line(
      `  ${each.name}`,
      `${rate(each.pointsPerSecond)}, ${(plain.pointsPerSecond / each.pointsPerSecond).toFixed(2)} × the plain loop’s time`,
    )
  line('  LLMCompass, its roofline without energy', '17,000 blocks/s on one x86 core; its own mapper takes minutes a block')
  const [roofline] = engines
  line('  checksum, plain loop', String(plain.checksum))
  line('  checksum, roofline', `${roofline!.checksum}, ${difference(roofline!.checksum, plain.checksum, 1e-9)}`)
  if (!(otherDifference <= 1e-9)) throw new Error('the engine and the plain loop disagree')
  for (const {name, batched, single} of engines)
    line(`  checksum, ${name}`, `${batched} of ${singleCount} points, ${difference(batched, single, 1e-9)} one by one`)
  return 1e6 / plain.pointsPerSecond / operatorCount
}

/** The relative difference of two sums in words; too large a one ends the benchmark. */
function difference(sum: number, reference: number, tolerance: number): string {
  const ratio = Math.abs(sum / reference - 1)
  if (!(ratio <= tolerance)) throw new Error(`checksums disagree: ${sum} and ${reference}`)
  return `relative difference ${ratio.toExponential(1)}`
}

/** The slowest operator of each class; the plain loop’s time of one operator stands beside it. */
function benchKernels(plainMicroseconds: number): void {
  line('kernel models, slowest operator by class', `the plain loop takes ${plainMicroseconds.toFixed(3)} µs an operator`)
  const slowest = new Map<string, ReturnType<typeof kernelRates>[number]>()
  for (const each of kernelRates()) {
    if (each.microsecondsPerRow > (slowest.get(each.class)?.microsecondsPerRow ?? 0)) slowest.set(each.class, each)
  }
  for (const {class: name, microsecondsPerRow, shape} of slowest.values())
    line(
      `  ${name}`,
      `${microsecondsPerRow.toFixed(3)} µs, ${(microsecondsPerRow / plainMicroseconds).toFixed(1)} × the plain loop’s (${shape.slice(0, 60)})`,
    )
}

function benchCompositions(): void {
  const {plain, composed, switched} = compositions()
  line('frontier', 'from points to the knobs of a plan at 5 % slowdown, best of 11')
  for (const each of [plain, composed, switched]) {
    const ratio = (each.milliseconds / plain.milliseconds).toFixed(2)
    line(`  ${each.name}`, `${each.milliseconds.toFixed(1)} ms, ${ratio} × the plain loop’s time, ${each.energyJoules.toFixed(3)} J`)
  }
  if (Math.abs(composed.energyJoules / plain.energyJoules - 1) > 1e-9) throw new Error('the algebra and the plain loop disagree')
}

function benchMappings(): void {
  const {mappingCount, plain, mapper} = mappingRates()
  line('mapper, product of 512³ on three levels', `${mappingCount.toLocaleString('en')} valid mappings, all different, on one core`)
  for (const {name, mappingsPerSecond} of [plain, mapper])
    line(
      `  ${name}`,
      `${Math.round(mappingsPerSecond).toLocaleString('en')} mappings/s, ${(plain.mappingsPerSecond / mappingsPerSecond).toFixed(2)} × the plain loop’s time`,
    )
  line('  checksum, plain loop', String(plain.checksum))
  line('  checksum, mapper', String(mapper.checksum))
  if (Math.abs(mapper.checksum / plain.checksum - 1) > 1e-12) throw new Error('the mapper and the plain loop disagree')
}

function benchPlans(): void {
  const {runCount, stateCount, switchings} = plans()
  line(
    'plan of a training step',
    `${runCount} runs of kernels × ${stateCount} clocks, from the model to the plans of all levels, best of 5`,
  )
  for (const {switchSeconds, milliseconds} of switchings) line(`  switches of ${switchSeconds * 1e3} ms`, `${milliseconds.toFixed(0)} ms`)
}

function benchClocks(): void {
  for (const {pass, stateCount, alone, compiled, uncompiled} of clockSweeps()) {
    line(`clock sweep, ${pass}`, `${stateCount} clocks under a power limit, calibrated, median of ${repeatCount} runs, and the least`)
    for (const each of [alone, compiled, uncompiled]) {
      const ratio = (each.medianMilliseconds / alone.medianMilliseconds).toFixed(2)
      const times = `${each.medianMilliseconds.toFixed(2)} ms (least ${each.leastMilliseconds.toFixed(2)} ms)`
      line(`  ${each.name}`, `${times}, ${ratio} × the time clock by clock, ${each.energyJoules.toFixed(3)} J`)
    }
    if (Math.abs(compiled.energyJoules / alone.energyJoules - 1) > 1e-6) throw new Error('the sweep and the clocks alone disagree')
  }
}

async function benchSearch(): Promise<void> {
  line('search for mappings, one core', 'evaluations and bounds a second; time to its last improvement')
  for (const {
    name,
    perSecond,
    bestSeconds,
    wallSeconds,
    isProved,
    energyJoules,
    latencySeconds,
    levelSeconds,
    timeloopSeconds,
  } of await searchTimings()) {
    const ending = isProved ? `proved after ${wallSeconds.toFixed(2)} s` : `of ${wallSeconds.toFixed(1)} s`
    const found = `${(energyJoules * 1e6).toFixed(4)} µJ, ${(latencySeconds * 1e6).toFixed(2)} µs`
    line(`  ${name}`, `${Math.round(perSecond).toLocaleString('en')}/s, ${bestSeconds.toFixed(2)} s, ${ending}: ${found}`)
    if (levelSeconds !== undefined)
      line('    as good as Timeloop’s mapper', `after ${levelSeconds.toFixed(2)} s; it took ${timeloopSeconds?.toFixed(2)} s`)
  }
}

async function benchSweep(): Promise<void> {
  const {pointCount, computing, storing} = await sweepRates()
  line('sweep on workers, no store', `${pointCount.toLocaleString('en')} points, calibrated, every one different`)
  const [one] = computing
  for (const {workerCount, pointsPerSecond, checksum} of computing) {
    const ratio = (pointsPerSecond / one!.pointsPerSecond).toFixed(2)
    line(`  ${workerCount} of them`, `${rate(pointsPerSecond)}, ${ratio} × one, checksum ${checksum}`)
    if (checksum !== one!.checksum) throw new Error('workers disagree')
  }
  line('sweep on two workers into a store', `${rate(storing.pointsPerSecond)}, roofline`)
  line('  spent in the store by the writer', `${(100 * storing.storeRatio).toFixed(0)} % of the time`)
  const whole = await wholeSweep()
  line(
    'ridge sweep, whole, on all cores',
    `${rate(whole.pointCount / whole.seconds)}, ${whole.pointCount.toLocaleString('en')} points, roofline`,
  )
  line('  memory at most', `${mebibytes(whole.peakBytes)} in its one process`)
  line('  store', `${(whole.storeBytes / whole.pointCount).toFixed(0)} bytes a point; ${whole.frontCount} points on the front`)
}

async function benchStore(): Promise<void> {
  const {pointCount, bytesPerPoint, writtenPointsPerSecond, queries, exports, largestResidentBytes} = await storeQueries()
  line(
    'store',
    `${pointCount.toLocaleString('en')} points, ${bytesPerPoint.toFixed(0)} bytes each, ${rate(writtenPointsPerSecond)} written`,
  )
  for (const {name, leastMilliseconds, rowCount} of queries)
    line(`  ${name}`, `${leastMilliseconds.toFixed(0)} ms, ${rowCount.toLocaleString('en')} rows`)
  for (const {format, rowsPerSecond} of exports) line(`  export to ${format}`, `${Math.round(rowsPerSecond).toLocaleString('en')} rows/s`)
  line('  memory at most', mebibytes(largestResidentBytes))
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`
}

async function benchOptimizers(): Promise<void> {
  for (const {name, pointCount, gaps} of await searchedSpaces()) {
    line(
      `search of ${name}`,
      `hypervolume of the front with ${Math.floor(pointCount / 100)} of ${pointCount} evaluations, median of 10 seeds`,
    )
    for (const {kind, gapRatio, ofRandomRatio} of gaps)
      line(`  ${kind}`, `${(100 * (1 - gapRatio)).toFixed(2)} %; misses ${ofRandomRatio.toFixed(2)} of what random search misses`)
  }
}

function benchStart(name: string, argv: readonly string[]): void {
  const times = Array.from({length: 11}, () => {
    const start = performance.now()
    const {status} = spawnSync(process.execPath, [binary, ...argv], {stdio: 'ignore'})
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    return performance.now() - start
  })
  const sorted = times.sort((a, b) => a - b)
  line(name, `${sorted[5]!.toFixed(0)} ms (median of 11, ${sorted[0]!.toFixed(0)} to ${sorted[10]!.toFixed(0)})`)
}

function benchStarts(): void {
  benchStart('ridge --help', ['--help'])
  const pass = ['--model', 'llama-3.1-8b', '--phase', 'decode', '--batch', '16', '--context', '2048']
  benchStart('ridge eval', ['eval', '--accelerator', 'h100-sxm', ...pass])
}

const sections: Readonly<Record<string, () => void | Promise<void>>> = {
  points: () => benchKernels(benchDesignPoints()),
  frontiers: benchCompositions,
  mappings: benchMappings,
  plans: benchPlans,
  clocks: benchClocks,
  mapper: benchSearch,
  sweeps: benchSweep,
  store: benchStore,
  optimizers: benchOptimizers,
  start: benchStarts,
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => sections[name] === undefined)
if (unknown !== undefined) throw new Error(`there is no ${unknown} among ${Object.keys(sections).join(', ')}`)
for (const name of asked.length === 0 ? Object.keys(sections) : asked) await sections[name]!()
