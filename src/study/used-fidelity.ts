import type {FidelityName} from '../cost/fidelity.js'
import type {DesignSpace} from '../sweep/design-space.js'

/** Which fidelity stands behind the times of an accelerator. */
export interface UsedFidelity {
  /** Its name, and what the study sets on it. */
  readonly accelerator: string
  readonly fidelity: FidelityName
}

/** The fidelities behind spaces, each accelerator once. */
export function fidelitiesOf(spaces: readonly DesignSpace[]): UsedFidelity[] {
  return [...new Map(spaces.map(({label, fidelity}) => [label, {accelerator: label, fidelity}])).values()]
}

/** Fidelities in words: the only one, or each with its accelerators, as a figure has them always. */
export function fidelityText(used: readonly UsedFidelity[], form: 'short' | 'listed' = 'short'): string {
  const names = [...new Set(used.map(({fidelity}) => fidelity))]
  if (form === 'short' && names.length === 1) return names[0]!
  const listed = (name: FidelityName): string =>
    used
      .filter(({fidelity}) => fidelity === name)
      .map(({accelerator}) => accelerator)
      .join(', ')
  return names.map((name) => `${name} (${listed(name)})`).join(', ')
}
