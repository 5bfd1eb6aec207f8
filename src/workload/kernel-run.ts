/**
 * How kernels are issued: from a graph on the device, one close after the other; by a host that queues them ahead, as eager
 * frameworks do over a pass; or alone by a host, so that the timed region holds the launch.
 */
export const launches = ['graph', 'queued', 'alone'] as const
export type Launch = (typeof launches)[number]

/** What the run of a kernel brings along that its shape does not say. */
export interface KernelRun {
  /** Operand sets that are used in turn; infinite where operands come cold, as in a pass of a model. */
  readonly operandCopyCount: number
  readonly launch: Launch
}

/** A run, and for how long it goes on. */
export interface TimedRun extends KernelRun {
  /** How often the kernel ran when it was measured: short work is over before the clock follows the power limit; infinite for lasting work. */
  readonly replayCount: number
  /** The host ran ahead of the kernels that were timed, so that their times say nothing of its own. */
  readonly hidesHost?: boolean
}
