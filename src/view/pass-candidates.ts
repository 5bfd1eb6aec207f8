import type {Accelerator} from '../accelerator/accelerator.js'
import {flagQuantity} from '../cli/quantity-flag.js'
import {type EvaluateOptions, type Evaluation, evaluate} from '../cost/evaluate.js'
import {comparePasses, type PassCandidate, type PassComparison, type RefusedPass} from '../cost/pass-comparison.js'
import {nameHints} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {isWithoutMapping} from '../search/mapping-candidates.js'
import {isMappingAxis, type KnobValues, mappingAxisNames, mappingChoice} from '../sweep/mapping-axes.js'
import {fusedWorkload} from '../workload/fused-workload.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import {type PassInput, passSettings} from '../workload/pass.js'

/** What a candidate may say beside settings of the pass and of its mappings. */
const operatingKnobs = {
  clock: {field: 'clockHertz', dimension: 'hertz'},
  memoryClock: {field: 'memoryClockHertz', dimension: 'hertz'},
  powerLimit: {field: 'powerLimitWatts', dimension: 'watts'},
} as const

/** What all candidates share. */
export interface ComparedPass {
  readonly accelerator: Accelerator
  readonly model: Model
  readonly pass: PassInput
  readonly options: EvaluateOptions
  /** What a candidate may say otherwise of its mappings. */
  readonly mapping: KnobValues
}

interface Knobs {
  readonly pass: PassInput
  readonly mapping: KnobValues
  readonly operating: EvaluateOptions
}

/** Ways to run a pass, as the command line writes them: `output-stationary`, `dtype=fp8`, `strategy=any,clock=1410MHz`. */
export function comparedPasses(written: readonly string[], {accelerator, model, pass, options, mapping}: ComparedPass): PassComparison {
  const candidates: PassCandidate[] = []
  const refused: RefusedPass[] = []
  let firstError: UserError | undefined
  for (const [name, knobs] of written.map((text) => [text, parseKnobs(text)] as const)) {
    try {
      const knobsOfMapping = {...mapping, ...knobs.mapping}
      const workload = fusedWorkload(buildWorkload(model, {...pass, ...knobs.pass}), knobsOfMapping['fusion'])
      const evaluation: Evaluation = evaluate(accelerator, workload, {
        ...options,
        ...knobs.operating,
        mapping: mappingChoice(knobsOfMapping, process.cwd()),
      })
      candidates.push({name, ...evaluation})
    } catch (error) {
      if (!isWithoutMapping(error)) throw error
      firstError ??= error
      refused.push({name, code: error.code, message: error.message})
    }
  }
  const [first, ...others] = candidates
  if (first === undefined) throw firstError!
  return comparePasses([first, ...others], refused)
}

/** A word without `=` is a strategy. */
function parseKnobs(text: string): Knobs {
  const knobs = {pass: {} as Record<string, unknown>, mapping: {} as Record<string, unknown>, operating: {} as Record<string, number>}
  for (const part of text.split(',')) {
    const [, name = 'strategy', value = part.trim()] = /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(part) ?? []
    const operating = Object.hasOwn(operatingKnobs, name) ? operatingKnobs[name as keyof typeof operatingKnobs] : undefined
    if (isMappingAxis(name)) knobs.mapping[name] = plainValue(value)
    else if (operating !== undefined) knobs.operating[operating.field] = flagQuantity(value, operating.dimension)
    else if (passSettings.some((setting) => setting.name === name)) knobs.pass[name] = plainValue(value)
    else throw unknownKnob(name, text)
  }
  return knobs
}

function plainValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

function unknownKnob(name: string, text: string): UserError {
  const known = [...mappingAxisNames, ...Object.keys(operatingKnobs), ...passSettings.map((setting) => setting.name)]
  return new UserError(`"${name}" in "${text}" is neither of the mapping, nor of the pass or its clocks`, {
    code: 'UNKNOWN_NAME',
    suggestions: nameHints(name, known),
    exitCode: exitCodes.usage,
  })
}
