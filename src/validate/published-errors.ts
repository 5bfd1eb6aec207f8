import type {MeanErrors} from './mean-errors.js'

/** Errors that others published for passes of the same kind, to read ours beside. */
export interface PublishedErrors {
  readonly name: string
  readonly source: string
  /** What it was measured on. */
  readonly framework: string
  readonly devices: readonly string[]
  readonly errors: MeanErrors
}

export const publishedErrors: readonly PublishedErrors[] = [
  {
    name: 'EnergAIzer',
    source: 'EnergAIzer, ISPASS 2026, arXiv:2604.20105: mean absolute errors over the clocks of an A100 PCIe 40 GB',
    framework: 'pytorch eager',
    devices: ['a100-pcie-40gb'],
    errors: {latencyRatio: 0.172, energyRatio: 0.142, powerRatio: 0.077},
  },
]
