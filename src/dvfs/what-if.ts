import type {Accelerator} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {evaluate} from '../cost/evaluate.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {minimalRows} from '../frontier/frontier.js'
import type {Workload} from '../workload/operator.js'
import {type PassPoint, passPoints} from './pass-frontier.js'
import {mostExactChangeCount, savedShares} from './shares.js'

export interface WhatIfOptions {
  readonly fidelity?: string | undefined
  readonly powerLimitWatts?: number | undefined
  readonly memoryClockHertz?: number | undefined
  /** What is set on the accelerator before any change. */
  readonly base?: Readonly<Record<string, string>> | undefined
  /** Further accelerators to stand beside, by name or file. */
  readonly against?: readonly string[] | undefined
  /** The folder that a path is relative to; the working folder by default. */
  readonly from?: string | undefined
}

/** A pass on one design: its frontier, and what is asked of it. */
export interface DesignOutcome {
  readonly name: string
  readonly role: 'before' | 'change' | 'all' | 'other'
  readonly changes: Readonly<Record<string, string>>
  readonly fidelity: FidelityName
  /** Fastest first. */
  readonly frontier: readonly PassPoint[]
  readonly atHighestClock: PassPoint
  readonly leastEnergy: PassPoint
  /** Of the least energy among points no slower than the design before at its highest clock; null where there is none. */
  readonly inEqualTime: PassPoint | null
  /** The fastest point of no more energy than the design before at its highest clock; null where there is none. */
  readonly atEqualEnergy: PassPoint | null
  readonly dieSquareMillimetres: number | null
  readonly deviceDollars: number | null
  readonly fitsInMemory: boolean
}

/** What one change saves of all that the changes save together. */
export interface SavedShare {
  readonly savedJoules: number
  readonly savedJoulesBySource: Readonly<Record<string, number>>
  /** Of all that is saved; null where nothing is. */
  readonly shareRatio: number | null
}

export interface ChangeShare {
  readonly key: string
  readonly value: string
  /** Made alone, it moves no point, nor the area or the cost. */
  readonly changesNothing: boolean
  readonly atHighestClock: SavedShare
  readonly atLeastEnergy: SavedShare
}

/** How the time–energy frontier of a pass moves with changes of the hardware. */
export interface WhatIf {
  readonly accelerator: string
  readonly workload: string
  readonly phase: string
  readonly settings: Workload['settings']
  readonly fidelity: FidelityName
  readonly powerLimitWatts: number
  /** Before, each change alone, all together where there are several, and the others. */
  readonly designs: readonly DesignOutcome[]
  readonly shares: readonly ChangeShare[]
  /** `orders`: the shares are means over all orders of making the changes; `sequence`: of the order given alone. */
  readonly sharedBy: 'orders' | 'sequence'
}

/** A design with all points of a pass on it. */
export interface BuiltDesign {
  readonly accelerator: Accelerator
  readonly points: readonly PassPoint[]
}

/** The designs of a what-if. */
export interface WhatIfDesigns {
  readonly changes: readonly (readonly [key: string, value: string])[]
  /** The design with some of the changes made, one bit each. */
  readonly made: (bits: number) => BuiltDesign
  /** Those that are shown: before, each change alone, all together where there are several, and the others. */
  readonly designs: readonly (Pick<DesignOutcome, 'name' | 'role'> & {readonly design: BuiltDesign})[]
}

/** Moves the frontier of a pass by each change alone and by all together, and splits what they save among them. */
export function whatIf(nameOrFile: string, set: Readonly<Record<string, string>>, workload: Workload, options: WhatIfOptions = {}): WhatIf {
  return whatIfOf(builtDesigns(nameOrFile, set, workload, options), workload, options)
}

/** Builds an accelerator as it is and with changes, and the others beside it. */
export function builtDesigns(
  nameOrFile: string,
  set: Readonly<Record<string, string>>,
  workload: Workload,
  options: WhatIfOptions,
): WhatIfDesigns {
  const changes = Object.entries(set)
  const others = options.against ?? []
  if (changes.length + others.length === 0) throw nothingSet()
  const known = new Map<number, BuiltDesign>()
  const made = (bits: number): BuiltDesign => {
    const changed = Object.fromEntries(changes.filter((_, index) => bits & (1 << index)))
    const design = known.get(bits) ?? built(nameOrFile, {...options.base, ...changed}, workload, options)
    known.set(bits, design)
    return design
  }
  const all = (1 << changes.length) - 1
  const designs = [
    {name: 'before', role: 'before', design: made(0)} as const,
    ...changes.map(([key, value], index) => ({name: `${key}=${value}`, role: 'change', design: made(1 << index)}) as const),
    ...(changes.length > 1 ? [{name: 'all together', role: 'all', design: made(all)} as const] : []),
    ...others.map((name) => {
      const design = built(name, {}, workload, options)
      return {name: design.accelerator.name, role: 'other', design} as const
    }),
  ]
  return {changes, made, designs}
}

/** What a pass reaches on these designs. */
export function whatIfOf({changes, made, designs}: WhatIfDesigns, workload: Workload, options: WhatIfOptions): WhatIf {
  const before = made(0)
  const outcome = outcomeBeside(before, workload, options)
  const outcomes = designs.map(({name, role, design}) => outcome(name, role, design))
  return {
    accelerator: before.accelerator.name,
    workload: workload.name,
    phase: workload.phase,
    settings: workload.settings,
    fidelity: chosenFidelity(before.accelerator, options.fidelity),
    powerLimitWatts: before.points[0]!.knobs.powerLimitWatts,
    designs: outcomes,
    shares: sharesOf(
      changes,
      (bits) => made(bits).points,
      (index) => isSame(outcomes[0]!, outcomes[1 + index]!),
    ),
    sharedBy: changes.length > mostExactChangeCount ? 'sequence' : 'orders',
  }
}

function built(nameOrFile: string, set: Readonly<Record<string, string>>, workload: Workload, options: WhatIfOptions): BuiltDesign {
  const {fidelity, powerLimitWatts, memoryClockHertz, from} = options
  const accelerator = loadAccelerator(nameOrFile, {set, ...(from !== undefined && {from})})
  const powerLimitsWatts = powerLimitWatts === undefined ? undefined : [powerLimitWatts]
  const memoryClocksHertz = memoryClockHertz === undefined ? undefined : [memoryClockHertz]
  return {accelerator, points: passPoints(accelerator, {workload, knobs: {}}, {fidelity, powerLimitsWatts, memoryClocksHertz})}
}

function outcomeBeside({points: reference}: BuiltDesign, workload: Workload, {fidelity, powerLimitWatts, memoryClockHertz}: WhatIfOptions) {
  const {latencySeconds: equalSeconds, energyJoules: equalJoules} = reference.at(-1)!
  return (name: string, role: DesignOutcome['role'], {accelerator, points}: BuiltDesign): DesignOutcome => {
    const {
      dieSquareMillimetres,
      deviceDollars,
      fitsInMemory,
      fidelity: used,
    } = evaluate(accelerator, workload, {
      fidelity,
      powerLimitWatts,
      memoryClockHertz,
    })
    const frontier = frontierPoints(points)
    return {
      name,
      role,
      changes: accelerator.changes,
      fidelity: used,
      frontier,
      atHighestClock: points.at(-1)!,
      leastEnergy: frontier.at(-1)!,
      inEqualTime: frontier.findLast((point) => point.latencySeconds <= equalSeconds) ?? null,
      atEqualEnergy: frontier.find((point) => point.energyJoules <= equalJoules) ?? null,
      dieSquareMillimetres,
      deviceDollars,
      fitsInMemory,
    }
  }
}

/** The points of a frontier, fastest first. */
export function frontierPoints(points: readonly PassPoint[]): PassPoint[] {
  const seconds = points.map(({latencySeconds}) => latencySeconds)
  const joules = points.map(({energyJoules}) => energyJoules)
  return Array.from(minimalRows(seconds, joules, 0), (row) => points[row]!)
}

function sharesOf(
  changes: readonly (readonly [string, string])[],
  pointsOf: (made: number) => readonly PassPoint[],
  changesNothing: (index: number) => boolean,
): ChangeShare[] {
  const splitAt = (pointOf: (points: readonly PassPoint[]) => PassPoint): SavedShare[] =>
    withRatios(savedShares(changes.length, (made) => pointOf(pointsOf(made)).energyBySource))
  const [highest, least] = [splitAt((points) => points.at(-1)!), splitAt((points) => frontierPoints(points).at(-1)!)]
  return changes.map(([key, value], index) => ({
    key,
    value,
    changesNothing: changesNothing(index),
    atHighestClock: highest[index]!,
    atLeastEnergy: least[index]!,
  }))
}

/** Two designs are alike in all that is told of them. */
function isSame(one: DesignOutcome, other: DesignOutcome): boolean {
  const told = (design: DesignOutcome): string => JSON.stringify({...design, name: '', role: '', changes: {}})
  return told(one) === told(other)
}

function withRatios(shares: ReturnType<typeof savedShares>): SavedShare[] {
  const sums = shares.map((bySource) => Object.values(bySource).reduce((sum, joules) => sum + joules, 0))
  const total = sums.reduce((sum, joules) => sum + joules, 0)
  return shares.map((savedJoulesBySource, index) => ({
    savedJoules: sums[index]!,
    savedJoulesBySource,
    shareRatio: total === 0 ? null : sums[index]! / total,
  }))
}

function nothingSet(): UserError {
  return new UserError('nothing is changed', {
    code: 'USAGE',
    suggestions: ["add a change, as in --set 'hbm.energy=2 pJ/b'", 'or another accelerator: --against NAME'],
    exitCode: exitCodes.usage,
  })
}
