import type {OperandRole, TensorClass} from '../foundation/resource.js'
import type {MemoryKind} from './machine.js'

/** Children under one instance of a level, along the two axes of their array. */
export interface Fanout {
  readonly x: number
  readonly y: number
}

/** A memory level as a loop nest sees it: rates per cycle of the arithmetic, energies at the voltage of its clock. */
export interface HierarchyLevel {
  readonly name: string
  readonly kind: MemoryKind
  /** In the whole machine. */
  readonly instanceCount: number
  /** Instances of the next level inward under one instance of this one; of the innermost level: multiply-adders. */
  readonly fanout: Fanout
  /** Of one instance; infinite where it holds whatever comes. */
  readonly capacityBytes: number
  /** The least that one access moves, so that partly used accesses cost whole ones; undefined where any number of bytes can move. */
  readonly accessBits: number | undefined
  /** A read for a level inward, a fill from a level outward, and an update with a result from inward. */
  readonly readJoulesPerByte: number
  readonly fillJoulesPerByte: number
  readonly updateJoulesPerByte: number
  /** Of one instance; infinite where nothing limits it. `shared` bounds reads and writes together. */
  readonly readBytesPerCycle: number
  readonly writeBytesPerCycle: number
  readonly sharedBytesPerCycle: number
  /** One read can feed all the children that want the same words. */
  readonly isMulticast: boolean
  /** Results of several children for the same word are added on their way here. */
  readonly isReducing: boolean
  /**
   * Buffers for each tile: 1 is not filled or drained while it is used, 2 take turns and halve what a tile may take. Undefined where words
   * are replaced one by one as they are used, so that nothing waits.
   */
  readonly bufferCount: 1 | 2 | undefined
  /** The operands that it can hold; all of them where left out. */
  readonly operands?: readonly OperandRole[]
  /** Multiply-adders get what it can hold from nowhere else, so that it keeps all of it. */
  readonly isRequired?: boolean
  /** What passes it by whatever part it plays. */
  readonly bypass?: readonly TensorClass[]
}

/** The multiply-adders at the bottom. */
export interface Arithmetic {
  readonly name: string
  /** In the whole machine. */
  readonly instanceCount: number
  readonly joulesPerOperation: number
  /** Cycles from one step of the innermost temporal loop to the next; above 1 where a native tile takes several. */
  readonly cyclesPerStep: number
  /** What the innermost level spreads over multiply-adders, at the most; free where left out. */
  readonly tile?: NativeTile
  /** The innermost level that spreads over several has a systolic array under it; left out where there is none. */
  readonly systolic?: SystolicWires
}

/** Cells hand operands and sums to their neighbours, one a cycle. */
export interface SystolicWires {
  /** Cells have registers for the next tile, which moves in while the present one is used. */
  readonly isPreloading: boolean
}

/** The shape of one step of a matrix unit: rows and columns of its result, and the depth that it adds up. */
export interface NativeTile {
  readonly m: number
  readonly n: number
  readonly k: number
}

/** What element work between products runs on, of the whole machine. */
export interface ElementUnits {
  /** Element operations, and exponentials, in a cycle of the arithmetic. */
  readonly vectorPerCycle: number
  readonly specialPerCycle: number
  readonly vectorJoulesPerOperation: number
  readonly specialJoulesPerOperation: number
}

/** A machine as a loop nest sees it; levels outermost first. */
export interface Hierarchy {
  readonly name: string
  readonly levels: readonly HierarchyLevel[]
  readonly arithmetic: Arithmetic
  /** Undefined where nothing describes them: element work then takes neither time nor energy. */
  readonly elements?: ElementUnits
  /** The clock that cycles count. */
  readonly hertz: number
  /** What the machine draws whatever it runs; none where left out, so that energy is that of the mapping alone. */
  readonly joulesPerCycle?: number
}

/** Tiles that a level has to have room for at a time. */
export function copyCount({bufferCount}: Pick<HierarchyLevel, 'bufferCount'>): number {
  return bufferCount ?? 1
}
