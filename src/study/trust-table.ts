import {type Evaluation, evaluate} from '../cost/evaluate.js'
import type {OperatorCost} from '../cost/operator-cost.js'
import type {Table} from '../report/table.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {spaceProgram} from '../sweep/space-program.js'
import type {Study} from '../sweep/study.js'

/** What the times of each accelerator and pass of a study rest on, so that nobody takes a fit for a forecast. */
export function trustTable({spaces}: Study): Table {
  return {
    caption: 'What the times rest on, for the first design and batch of each space',
    columns: [
      {field: 'accelerator', title: 'Accelerator'},
      {field: 'pass', title: 'Pass'},
      {field: 'measured', title: 'Measured on it'},
      {field: 'borrowed', title: 'Borrowed'},
      {field: 'ideal', title: 'Ideal bounds'},
      {field: 'expectedMapeRatio', title: 'Error to expect', unit: 'ratio'},
      {field: 'worstMapeRatio', title: 'At worst', unit: 'ratio'},
      {field: 'extrapolatedTimeRatio', title: 'Time beyond measured sizes', unit: 'ratio'},
      {field: 'estimates', title: 'Constants that are estimates'},
    ],
    rows: spaces.map((space) => ({accelerator: space.label, ...trustRow(space, describedPass(space))})),
  }
}

function trustRow(
  {accelerator: {constants}}: DesignSpace,
  {workload, phase, operators, expectedMape, worstMape, extrapolatedTimeRatio}: Evaluation,
) {
  return {
    pass: `${workload} ${phase}`,
    measured: classesBy(operators, ['measured']),
    borrowed: lenders(operators),
    ideal: classesBy(operators, ['ideal', 'uncalibrated']),
    expectedMapeRatio: expectedMape,
    worstMapeRatio: worstMape,
    extrapolatedTimeRatio: expectedMape === null ? null : extrapolatedTimeRatio,
    estimates: `${constants.filter(({estimate}) => estimate !== undefined).length} of ${constants.length}`,
  }
}

/** The pass as the first values of its axes have it, on the machine as it is described. */
function describedPass(space: DesignSpace): Evaluation {
  const {accelerator, passAxes, fidelity} = space
  const {workload, choice} = spaceProgram(space, Object.fromEntries(passAxes.map(({name, values}) => [name, values[0]!])))
  return evaluate(accelerator, workload, {fidelity, mapping: choice})
}

function classesBy(operators: readonly OperatorCost[], bases: readonly OperatorCost['basis'][]): string {
  return [...new Set(operators.filter(({basis}) => bases.includes(basis)).map((operator) => operator.class))].sort().join(', ')
}

/** Whose measurements stand in for which classes: "gemm, moe from h100-sxm bf16", and for which class where it is another one. */
function lenders(operators: readonly OperatorCost[]): string {
  const classes = new Map<string, Set<string>>()
  for (const {basis, class: operatorClass, from} of operators) {
    if (basis !== 'borrowed') continue
    const lender = from.replace(` ${operatorClass} `, ' ')
    classes.set(lender, (classes.get(lender) ?? new Set()).add(operatorClass))
  }
  return [...classes].map(([lender, lent]) => `${[...lent].sort().join(', ')} from ${lender}`).join('; ')
}
