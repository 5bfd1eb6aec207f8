import {formatTable} from '../cli/table.js'
import {formatPercent, nothing} from '../cli/text.js'
import {publishedErrors} from '../validate/published-errors.js'
import type {MethodMeans} from '../validate/sweep-means.js'
import type {MethodResult, SweepMethod} from '../validate/sweep-methods.js'
import type {SweepResult, SweepValidation} from '../validate/sweep-validation.js'
import type {PassBound, SweptWorkload} from '../validate/sweeps.js'
import {blocks} from './layout.js'

const boundNames: Readonly<Record<PassBound, string>> = {gpu: 'GPU', host: 'host'}

/** How well passes are predicted over the core clock, and what choosing a clock by it costs. */
export function sweepScoreText({passes, methods, sweeps}: SweepValidation): string {
  return blocks(
    passText(passes, sweeps),
    `${sweeps.length} clock sweeps: mean errors over their clocks, and of the clock at which throttling sets in\n${errorTable(methods, sweeps)}`,
    `regret: energy at the chosen clock over the best one within a slowdown, less 1\n(in brackets: choices that exceed it when measured, which have no regret; beyond: by how much slower\nthan the bound allows these are on average)\n${regretTable(methods, sweeps)}`,
    `each sweep from kernels\n${sweepTable(sweeps)}`,
  )
}

function passText(passes: SweepValidation['passes'], sweeps: readonly SweepResult[]): string {
  const published = publishedErrors.filter(({framework, devices}) =>
    sweeps.some(({workload}) => workload.framework === framework && devices.includes(workload.device)),
  )
  const rows = [
    ...passes.map(({op, bound, dtype, predictedCount, rowCount, errors}) => ({
      name: op,
      bound: bound === null ? '' : boundNames[bound],
      dtype: dtype ?? '',
      rows: `${predictedCount} of ${rowCount}`,
      errors,
    })),
    ...published.map(({name, errors}) => ({name, bound: '', dtype: '', rows: 'published', errors})),
  ]
  return formatTable(
    [
      {header: 'passes', cell: ({name}) => name, align: 'left'},
      {header: 'bound by', cell: ({bound}) => bound, align: 'left'},
      {header: 'dtype', cell: ({dtype}) => dtype, align: 'left'},
      {header: 'predicted', cell: ({rows: text}) => text, align: 'right'},
      {header: 'time', cell: ({errors}) => formatPercent(errors?.latencyRatio)},
      {header: 'energy', cell: ({errors}) => formatPercent(errors?.energyRatio)},
      {header: 'power', cell: ({errors}) => formatPercent(errors?.powerRatio)},
    ],
    rows,
  )
}

function errorTable(methods: readonly MethodMeans[], sweeps: readonly SweepResult[]): string {
  return formatTable(
    [
      {header: 'from', cell: ({method}) => methodName(method, sweeps), align: 'left'},
      {header: 'bound by', cell: ({bound}) => (bound === null ? '' : boundNames[bound]), align: 'left'},
      {header: 'sweeps', cell: ({sweepCount}) => String(sweepCount)},
      {header: 'time', cell: ({errors}) => formatPercent(errors?.latencyRatio)},
      {header: 'energy', cell: ({errors}) => formatPercent(errors?.energyRatio)},
      {header: 'power', cell: ({errors}) => formatPercent(errors?.powerRatio)},
      {header: 'E / E(top)', cell: ({shapeErrorRatio}) => formatPercent(shapeErrorRatio)},
      {header: 'onset', cell: ({onsetErrorHertz}) => megahertz(onsetErrorHertz)},
    ],
    methods.filter(({errors}) => errors !== null),
  )
}

function regretTable(methods: readonly MethodMeans[], sweeps: readonly SweepResult[]): string {
  const bounds = methods[0]!.regrets.map(({slowdownRatio}, index) => ({
    header: slowdownRatio === null ? 'any' : `≤ ${formatPercent(slowdownRatio)}`,
    cell: ({regrets}: MethodMeans) => regretText(regrets[index]!),
    align: 'left' as const,
  }))
  return formatTable(
    [
      {header: 'clock chosen', cell: ({method}: MethodMeans) => methodName(method, sweeps), align: 'left'},
      {header: 'bound by', cell: ({bound}) => (bound === null ? '' : boundNames[bound]), align: 'left'},
      ...bounds,
      {header: 'all', cell: ({meanRegret}) => regretText(meanRegret), align: 'left'},
      {header: 'beyond', cell: ({meanRegret}) => formatPercent(meanRegret.meanExcessRatio)},
    ],
    methods.filter(({bound}) => bound !== null),
  )
}

function sweepTable(sweeps: readonly SweepResult[]): string {
  const kernelsOf = ({methods}: SweepResult): MethodResult | undefined => methods.find(({method}) => method === 'kernels')
  return formatTable(
    [
      {header: 'sweep', cell: ({workload}) => workloadText(workload), align: 'left'},
      {header: 'bound by', cell: ({bound}) => boundNames[bound], align: 'left', dropOrder: 2},
      {header: 'time', cell: (sweep) => formatPercent(kernelsOf(sweep)?.errors?.latencyRatio)},
      {header: 'energy', cell: (sweep) => formatPercent(kernelsOf(sweep)?.errors?.energyRatio)},
      {header: 'power', cell: (sweep) => formatPercent(kernelsOf(sweep)?.errors?.powerRatio)},
      {header: 'worst regret', cell: (sweep) => formatPercent(worstRegret(kernelsOf(sweep))), dropOrder: 1},
      {header: 'onset (measured)', cell: (sweep) => onsetText(sweep, kernelsOf(sweep))},
    ],
    sweeps,
  )
}

function regretText({regretRatio, brokenCount}: MethodMeans['meanRegret']): string {
  return brokenCount === 0 ? formatPercent(regretRatio) : `${formatPercent(regretRatio)} (${brokenCount})`
}

/** Rules are named by the clock that they take, where it is the same in all sweeps. */
function methodName(method: SweepMethod, sweeps: readonly SweepResult[]): string {
  if (method === 'kernels') return 'kernels'
  const results = sweeps.flatMap(({methods}) => methods.filter((each) => each.method === method))
  const clocks = (chosen: (result: MethodResult) => readonly number[]): string[] => [
    ...new Set(results.map((result) => [...new Set(chosen(result))].map((hertz) => Math.round(hertz / 1e6)).join(' and '))),
  ]
  if (method === 'two-clocks') {
    const [given, ...others] = clocks(({fromHertz}) => fromHertz)
    return others.length === 0 && given !== undefined ? `${given} MHz` : 'two clocks'
  }
  const [taken, ...others] = clocks(({choices}) => choices.map(({chosenHertz}) => chosenHertz))
  if (others.length === 0 && taken !== undefined) return `always ${taken} MHz`
  return method === 'voltage-floor' ? 'last on the voltage floor' : 'always the highest'
}

function worstRegret(result: MethodResult | undefined): number | undefined {
  return result === undefined ? undefined : Math.max(...result.choices.map(({regretRatio}) => regretRatio ?? 0))
}

function onsetText({measured}: SweepResult, result: MethodResult | undefined): string {
  if (result === undefined) return nothing
  const {predictedOnsetHertz, measuredOnsetHertz} = result
  const shown = (points: readonly {readonly throttled: boolean}[], hertz: number | null): string =>
    points.some(({throttled}) => throttled) ? megahertz(hertz) : 'never'
  return `${shown(result.predicted, predictedOnsetHertz)} (${shown(measured, measuredOnsetHertz)})`
}

function megahertz(hertz: number | null): string {
  return hertz === null ? nothing : `${Math.round(hertz / 1e6)} MHz`
}

function workloadText({model, dtype, batch, tokens}: SweptWorkload): string {
  return `${model} ${dtype} ${batch ?? 1} × ${tokens ?? 1}`
}
