import type {Dtype} from '../foundation/dtype.js'
import type {OperandRole, TensorClass, UnitKind} from '../foundation/resource.js'

/** One number per design point of a batch. */
export type Column = Float64Array

const memoryKinds = ['register', 'scratchpad', 'cache', 'dram'] as const
export type MemoryKind = (typeof memoryKinds)[number]

const topologies = ['switch', 'ring', 'mesh', 'torus', 'point-to-point', 'host'] as const
export type Topology = (typeof topologies)[number]

export const reductions = ['endpoints', 'in-switch'] as const
/** Where an all-reduce adds: in the devices at the ends of the links, or on the way, in a switch that multicasts the sum. */
export type Reduction = (typeof reductions)[number]

/** A measured curve over the clock: linear between its points, flat beyond its ends. Points never depend on swept parameters. */
export interface ClockCurve {
  readonly clockHertz: readonly number[]
  readonly values: readonly number[]
}

/**
 * Supply voltage over the clock: measured points, or a floor up to a knee and a slope beyond it; `scaleRatio` is the voltage of this
 * design over that of the described curve.
 */
export type VoltageCurve<N> = {readonly scaleRatio: N} & (
  | ({readonly kind: 'table'} & ClockCurve)
  | {readonly kind: 'parametric'; readonly floorVolts: N; readonly kneeHertz: N; readonly slopeVoltsPerHertz: N}
)

/** Which clocks between the lowest and the highest can be set: every step from the lowest, or a list of states. */
export type ClockSteps<N> = {readonly kind: 'even'; readonly stepHertz: N} | {readonly kind: 'list'; readonly hertz: readonly number[]}

export interface ClockDomain<N> {
  readonly name: string
  readonly minimumHertz: N
  readonly maximumHertz: N
  readonly steps: ClockSteps<N>
  readonly nominalHertz: N
  /** What a domain other than the core runs at: its highest clock unless another is asked for. */
  readonly hertz: N
  /** What the maker guarantees under any load, and what a card falls back to that has little to do; undefined where not stated. */
  readonly baseHertz: N | undefined
  readonly voltage: VoltageCurve<N>
  /** The voltage at which energies of this domain are stated; they go with (V / this)^exponent. */
  readonly energyVolts: N
  readonly energyExponent: N
}

/** Rows and columns of multiply-adders that hand operands and sums to their neighbours, one a cycle. */
export interface SystolicUnit<N> {
  readonly rows: N
  readonly columns: N
  /** What the next fold holds moves in while the present one streams. */
  readonly isPreloading: boolean
}

export interface ComputeUnit<N> {
  readonly name: string
  readonly kind: UnitKind
  readonly count: N
  readonly clock: number
  readonly tile: {readonly m: N; readonly n: N; readonly k: N}
  /** Undefined where multiply-adders do not hand operands and sums to their neighbours. */
  readonly systolic: SystolicUnit<N> | undefined
  readonly operationsPerCycle: Readonly<Partial<Record<Dtype, N>>>
  readonly joulesPerOperation: Readonly<Partial<Record<Dtype, N>>>
  /** Of those, what remains where the accesses to the innermost memory are counted on their own; empty where it is all of it. */
  readonly arithmeticJoulesPerOperation: Readonly<Partial<Record<Dtype, N>>>
  /** Energy of one element-operation beside its arithmetic: fetched, decoded, addressed, converted, moved; undefined where not stated. */
  readonly joulesPerElement: N | undefined
}

/** A rate stated per second, or per cycle of the level's clock. */
export interface Rate<N> {
  readonly amount: N
  readonly isPerCycle: boolean
}

/** What a mapping has to know of a level, and a bound does not; undefined where it is not stated. */
export interface MappingTraits<N> {
  /** The least that one access moves. */
  readonly accessBytes: N | undefined
  readonly isMulticast: boolean | undefined
  readonly isReducing: boolean | undefined
  /** 1 where nothing arrives while a tile is in use, 2 where the next one does; undefined where words are replaced one by one. */
  readonly bufferCount: 1 | 2 | undefined
  /** The operands that it can hold; all of them where nothing is stated. */
  readonly operands: readonly OperandRole[]
  /** Capacity that each operand has to itself, with ports of its own; empty where all share one memory. */
  readonly partitionBytes: Readonly<Partial<Record<OperandRole, N>>>
}

export interface MemoryLevel<N> {
  readonly name: string
  readonly kind: MemoryKind
  readonly instanceCount: N
  /** Of one instance, as are the rates. */
  readonly capacityBytes: N
  readonly read: Rate<N>
  readonly write: Rate<N>
  /** Reads and writes share one port, so that their times add. */
  readonly isSharedPort: boolean
  readonly latencySeconds: N
  /** Threads that one instance keeps under way at the most; undefined where only its capacity limits them. */
  readonly threadCount: N | undefined
  readonly readJoulesPerByte: N
  readonly writeJoulesPerByte: N
  /** Index of the clock domain; -1 where rates and energies follow no clock. */
  readonly clock: number
  readonly bypass: readonly TensorClass[]
  readonly mapping: MappingTraits<N>
}

export interface Link<N> {
  readonly name: string
  readonly topology: Topology
  readonly reduction: Reduction
  readonly count: N
  /** Of one link. */
  readonly bytesPerSecondPerDirection: N
  readonly latencySeconds: N
  readonly joulesPerByte: N
  readonly maximumRankCount: N
}

export interface Power<N> {
  readonly limitWatts: N
  readonly minimumLimitWatts: N
  readonly maximumLimitWatts: N
  /** Average power that the limit's controller holds, over the limit. */
  readonly regulationRatio: N
  /** How long work runs before the clock has followed the limit; where nothing is known of it, it follows at once. */
  readonly responseSeconds: N | undefined
  /** Idle power over the core clock, at the size of the described device. */
  readonly idle: ClockCurve
  /** Idle power of this design over that of the described one. */
  readonly idleScaleRatio: N
  /** Static power beyond idle while work runs, at `staticVolts` of the core; goes with the voltage. */
  readonly staticWatts: N
  readonly staticVolts: N
  /** Clock tree and schedulers while kernels run, at the nominal core clock and the voltage of its energies; undefined where not stated. */
  readonly clockingWatts: N | undefined
  /** What the core's regulator passes on of what it draws; undefined where the stated energies hold its loss. */
  readonly regulatorEfficiencyRatio: N | undefined
  /** Undefined where the cooling is not described: then no temperature acts. */
  readonly thermal: Thermal<N> | undefined
}

/** How a device in its place is cooled: its temperature goes with its average power. */
export interface Thermal<N> {
  readonly ambientKelvins: N
  readonly kelvinsPerWatt: N
  /** The temperature that the clock is lowered to keep; undefined where none is stated. */
  readonly limitKelvins: N | undefined
  /** Static power at the temperature at which it is stated, and its growth; undefined where heat does not move it. */
  readonly leakage: {readonly statedKelvins: N; readonly growthPerKelvin: N} | undefined
}

/** One kind of die in the package: its parts, and the wafer it is cut from. */
export interface Die<N> {
  readonly name: string
  readonly node: string
  readonly dieCount: N
  readonly components: readonly {readonly name: string; readonly componentCount: N; readonly squareMillimetres: N}[]
  readonly wafer?: {
    readonly waferDollars: N
    readonly diameterMillimetres: N
    readonly defectsPerSquareMillimetre: N
    readonly clusterExponent: N
    /** Carbon dioxide equivalent of making the wafer, over its area; undefined where not stated. */
    readonly gramsPerSquareMillimetre: N | undefined
  }
}

/**
 * The physical machine. `N` is a number for one machine, and a column for a batch of designs that differ in their parameters.
 * `clocks[0]` is the core domain; memories run from the compute units outward.
 */
export interface Machine<N> {
  readonly clocks: readonly ClockDomain<N>[]
  readonly units: readonly ComputeUnit<N>[]
  readonly memories: readonly MemoryLevel<N>[]
  readonly links: readonly Link<N>[]
  readonly power: Power<N>
  readonly dies: readonly Die<N>[]
  readonly memoryDollarsPerByte: N | undefined
  /** Time that the device's host needs to launch a kernel, over that of the hosts where launches were measured. */
  readonly hostLaunchRatio: number
  /** Carbon dioxide equivalent of making main memory. */
  readonly memoryGramsPerByte: N | undefined
}
