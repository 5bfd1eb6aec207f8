import type {SweepSummary} from '../study/run-sweep.js'

/** A comparison that a query takes too: a name, a sign and a value, written without arithmetic. */
const simple = /^\s*([A-Za-z]\w*)\s*(<=|>=|==|!=|<|>)\s*(-?\d[\d.]*(?:e[-+]?\d+)?(?:\s*[A-Za-z][\w/^]*)?)\s*$/

/** What to type next: the front again, among designs that the study accepts. */
export function nextText({storeFile, objectives, askedFidelity, workloads}: SweepSummary): string {
  const texts = workloads[0]?.constraints.map(({text}) => text) ?? []
  const claims = texts.flatMap((text) => queryClaim(text) ?? [])
  const where = [...claims, ...(askedFidelity === null ? [] : [`fidelity = ${askedFidelity}`])]
  const goals = objectives.flatMap(({metric, goal}) => (metric === undefined ? [] : goal === 'max' ? `-${metric}` : metric))
  const flags = [...(where.length === 0 ? [] : [`--where '${where.join(' and ')}'`]), `--pareto=${goals.join(',')}`]
  const left = [
    ...texts.filter((text) => queryClaim(text) === undefined),
    ...objectives.filter(({metric}) => metric === undefined).map(({name}) => name),
  ]
  const lines = [`next     ridge query ${storeFile} ${flags.join(' ')}`]
  if (left.length > 0) lines.push(`         which leaves out what a query cannot say: ${left.join('; ')}`)
  return lines.join('\n')
}

function queryClaim(constraint: string): string | undefined {
  const match = simple.exec(constraint)
  if (match === null) return undefined
  const [, name, sign, value] = match
  return `${name} ${sign === '==' ? '=' : sign} ${value}`
}
