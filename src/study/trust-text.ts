import {type Evaluation, evaluate} from '../cost/evaluate.js'
import {quantityText, units} from '../report/unit.js'
import type {DesignSpace, Study} from '../sweep/study.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {PassInput} from '../workload/pass.js'

/** What the times of each accelerator of a study rest on, so that nobody takes a fit for a forecast: a line each. */
export function trustLines({spaces}: Study): string[] {
  const labels = [...new Set(spaces.map(({label}) => label))]
  return labels.map((label) => {
    const own = spaces.filter((space) => space.label === label)
    const {constants} = own[0]!.accelerator
    const estimateCount = constants.filter(({estimate}) => estimate !== undefined).length
    const passes = own.map((space) => ({space, evaluation: describedPass(space)}))
    const text = [basisText(passes.map(({evaluation}) => evaluation)), errorText(passes), beyondText(passes)].filter(Boolean).join('; ')
    return `${label}: ${text}; ${estimateCount} of its ${constants.length} constants are estimates.`
  })
}

interface DescribedPass {
  readonly space: DesignSpace
  readonly evaluation: Evaluation
}

/** The pass as the study's first values have it, on the machine as it is described. */
function describedPass({accelerator, model, pass, passAxes, fidelity}: DesignSpace): Evaluation {
  const first = Object.fromEntries(passAxes.map(({name, values}) => [name, values[0]!]))
  return evaluate(accelerator, buildWorkload(model, {...first, ...pass} as PassInput), {fidelity})
}

/** Which kernels were measured on the device itself, which ones stand in from where, and for which there are none. */
function basisText(evaluations: readonly Evaluation[]): string {
  const operators = evaluations.flatMap((each) => each.operators)
  const classesBy = (basis: string): string[] =>
    [...new Set(operators.filter((operator) => operator.basis === basis).map((operator) => operator.class))].sort()
  const lenders = new Map<string, Set<string>>()
  for (const {basis, from, class: operatorClass} of operators)
    if (basis === 'borrowed') lenders.set(from, (lenders.get(from) ?? new Set()).add(operatorClass))
  const borrowed = [...lenders].map(([from, classes]) => `${[...classes].join(', ')} from ${from}`)
  const [measured, unknown] = [classesBy('measured'), classesBy('uncalibrated')]
  if (measured.length === 0 && borrowed.length === 0)
    return evaluations[0]?.fidelity === 'calibrated'
      ? 'its times are ideal bounds, since nothing like its kernels was measured'
      : 'its times are ideal bounds, as fidelity roofline has them'
  return [
    ...(measured.length === 0 ? [] : [`measured on it: ${measured.join(', ')}`]),
    ...(borrowed.length === 0 ? [] : [`borrowed: ${borrowed.join('; ')}`]),
    ...(unknown.length === 0 ? [] : [`ideal bounds: ${unknown.join(', ')}`]),
  ].join('; ')
}

function errorText(passes: readonly DescribedPass[]): string {
  const known = passes.filter(({evaluation}) => evaluation.expectedMape !== null)
  if (known.length === 0) return ''
  return `error of latency to expect: ${known.map(({evaluation}) => `${passText(evaluation)} ${percent(evaluation.expectedMape!)}`).join(', ')}`
}

function beyondText(passes: readonly DescribedPass[]): string {
  const beyond = passes.filter(({evaluation}) => evaluation.extrapolatedTimeRatio > 0)
  if (beyond.length === 0) return ''
  const parts = beyond.map(({evaluation}) => `${percent(evaluation.extrapolatedTimeRatio)} of the time of ${passText(evaluation)}`)
  return `beyond the measured sizes: ${parts.join(', ')}`
}

function passText({workload, phase}: Evaluation): string {
  return `${workload} ${phase}`
}

function percent(ratio: number): string {
  return quantityText(Number(ratio.toPrecision(2)), units.ratio)
}
