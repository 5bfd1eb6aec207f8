import {designBatch} from '../../accelerator/accelerator.js'
import {evaluate} from '../../cost/evaluate.js'
import type {TimeStep} from '../../cost/explanation.js'
import {metricColumns} from '../../cost/metrics.js'
import {columnsAt, operatingPoint} from '../../cost/operating-point.js'
import {compileProgram} from '../../cost/program.js'
import {nameHints} from '../../foundation/nearest-name.js'
import type {Waterfall, WaterfallInput} from '../../report/charts/waterfall.js'
import {kernelWorkload} from '../../workload/kernel-workload.js'
import type {Workload} from '../../workload/operator.js'
import {type MeasuredKernel, type RowColumns, rowMatches, rowText} from '../measured-kernel.js'
import {
  type DrawnAccelerator,
  type FigureBuilder,
  type FigureRequest,
  namedAccelerators,
  namedWorkloads,
  needed,
  workloadLabel,
} from './figure-context.js'
import {validationOf} from './validation-figures.js'

/** Kernels from their ideal time to the predicted one: an operator of passes, or a measured row as it was measured. */
export const waterfallFigure: FigureBuilder<WaterfallInput> = (request) => {
  const {measured} = request.spec
  const accelerators = namedAccelerators(request)
  if (measured !== undefined) return {kernels: accelerators.map((drawn) => measuredWaterfall(request, drawn, measured))}
  const operator = needed(request, 'operator')
  const workloads = waterfallWorkloads(request)
  return {kernels: workloads.flatMap((workload) => accelerators.map((drawn) => passWaterfall(drawn, workload, operator)))}
}

/** The workloads of a waterfall; refuses one without the operator that is to be drawn. */
export function waterfallWorkloads(request: FigureRequest): Workload[] {
  const operator = needed(request, 'operator')
  const workloads = namedWorkloads(request)
  for (const {operators, name, phase} of workloads) {
    const known = operators.map((each) => each.name)
    if (known.includes(operator)) continue
    const {source} = request.context.study
    throw source.error(
      `${request.pointer}/operator`,
      `"${operator}" is no operator of ${name} ${phase}`,
      nameHints(operator, known),
      'UNKNOWN_NAME',
    )
  }
  return workloads
}

function passWaterfall({accelerator, label, fidelity}: DrawnAccelerator, workload: Workload, operator: string): Waterfall {
  const {operators} = evaluate(accelerator, workload, {fidelity, explain: operator})
  const {count, explanation} = operators.find((each) => each.explanation !== undefined)!
  const runs = count > 1 ? `, one of ${count} runs` : ''
  return {name: `${label}: ${operator} of ${workloadLabel(workload)}${runs}`, steps: stepsOf(explanation!.steps)}
}

/** What stands behind a colon or a semicolon qualifies the meaning: the data tells it, the label does not. */
function stepsOf(steps: readonly TimeStep[]): Waterfall['steps'] {
  return steps.map(({name, meaning, seconds}) => ({name, label: meaning.split(/[:;]/)[0]!, meaning, seconds}))
}

function measuredWaterfall(request: FigureRequest, drawn: DrawnAccelerator, columns: RowColumns): Waterfall {
  const {row, request: kernel} = onlyKernel(request, drawn, columns)
  const {accelerator, fidelity} = drawn
  const {machine} = designBatch(accelerator, [], 1)
  const program = compileProgram(accelerator, machine, kernelWorkload(kernel.operator), fidelity, 1, kernel.run)
  const at = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
  const out = metricColumns(1)
  program.evaluate(columnsAt(at), out, 1)
  const {steps} = program.operators[0]!.program.time.explain(out.clockHertz[0]!)
  return {name: `${row.device}: ${rowText(columns)}`, steps: stepsOf(steps), measuredSeconds: row.latencySeconds}
}

/** The one measured row of a device that a figure names; a design that the study changes has no measured rows. */
function onlyKernel(request: FigureRequest, {accelerator, label}: DrawnAccelerator, columns: RowColumns): MeasuredKernel {
  const {kernels} = validationOf(request)
  const found = label === accelerator.name ? kernels.filter(({row}) => row.device === label && rowMatches(row, columns)) : []
  if (found.length === 1) return found[0]!
  const {source} = request.context.study
  const pointer = `${request.pointer}/measured`
  if (found.length === 0) {
    const hints = ['name columns as a row of the study’s traces has them', 'ridge schema trace']
    throw source.error(pointer, `no measured kernel of ${label} has ${rowText(columns)}`, hints, 'UNKNOWN_ROW')
  }
  throw source.error(
    pointer,
    `${found.length} measured kernels of ${label} have ${rowText(columns)}`,
    ['name more columns'],
    'FIGURE_INCOMPLETE',
  )
}
