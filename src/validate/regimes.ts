import type {Fact} from '../cost/explanation.js'
import type {OperatorNode} from '../workload/operator.js'
import {regimeOf} from './regime.js'

/** Every regime in which a kernel's error is looked at; they overlap: the decade of its measured time, its sizes, its waves, its regime in reports. */
export function regimesOf(operator: OperatorNode, measuredSeconds: number, facts: readonly Fact[]): string[] {
  const {shape} = operator
  const decade = Math.floor(Math.log10(measuredSeconds * 1e6) + 1e-9)
  return [
    `time 1e${decade}-1e${decade + 1} us`,
    ...(operator.class === 'gemm' ? gemmRegimes(shape, facts) : []),
    ...['headDim', 'window', 'function', 'ranks', 'collective'].flatMap((name) =>
      shape[name] === undefined ? [] : [`${name} ${shape[name]}`],
    ),
    regimeOf({kind: 'operator', operator, run: {operandCopyCount: 1, launch: 'graph', replayCount: 1}}),
  ]
}

function gemmRegimes({m, k}: OperatorNode['shape'], facts: readonly Fact[]): string[] {
  const waves = Number(facts.find(({name}) => name === 'waves')?.value)
  return [
    ...(m === 1 ? [] : [Number(m) <= 16 ? 'm 2-16' : Number(m) <= 256 ? 'm 17-256' : 'm >256']),
    ...(Number(k) <= 256 ? ['k <=256'] : []),
    ...(Number.isFinite(waves) ? [waves <= 1 ? 'waves 1' : waves <= 2 ? 'waves 2' : waves <= 8 ? 'waves 3-8' : 'waves >8'] : []),
  ]
}
