import {SpecError, type SpecProblem} from './spec-error.js'
import type {SpecSource} from './yaml-source.js'

/** Collects what is wrong with one file, so that a person reads all of it at once. */
export class Faults {
  readonly #source: SpecSource
  readonly #problems: SpecProblem[] = []
  readonly #codes = new Set<string>()

  constructor(source: SpecSource) {
    this.#source = source
  }

  add(pointer: string, message: string, suggestions: readonly string[], code = 'SPEC_INVALID'): void {
    this.#problems.push(this.#source.problem(pointer, message, suggestions))
    this.#codes.add(code)
  }

  /** Throws one error for all of them, if there are any; faults of several codes are of the last resort's. */
  check(mixedCode: string): void {
    if (this.#problems.length === 0) return
    const [code, ...others] = this.#codes
    throw new SpecError(this.#problems, others.length === 0 ? code : mixedCode)
  }
}
