import type {Accelerator, Constant} from '../accelerator/accelerator.js'
import type {Range, RangeKind} from '../accelerator/range.js'
import {canonicalUnit, ownUnit} from '../foundation/quantity.js'
import {SpecError} from '../spec/spec-error.js'
import {constantName} from './constant-name.js'

/** A number that moves with a guess: a field, or a parameter with all that is computed from it. */
export interface Member {
  readonly pointer: string
  readonly kind: RangeKind
  readonly value: number
  readonly ends: readonly [number, number]
}

/** One guess behind an accelerator: what it moves, and how far. */
export interface MovingConstant {
  readonly guess: string
  /** In words: "tensor bf16 energy per operation". */
  readonly name: string
  readonly rangeText: string
  /** It moves the rate or the delay of a part, which a time that was fitted to measurements holds in itself. */
  readonly isPace: boolean
  readonly members: readonly Member[]
}

/** The constants behind energy and time that a range lets move; an estimate without a range is an error. */
export function constantsThatMove(accelerator: Accelerator): MovingConstant[] {
  refuseUnranged(accelerator)
  const {constants, parameterConstants} = accelerator
  const own = constants.filter(({pointer, range}) => range !== undefined && !range.note.startsWith('/parameters/') && actsOnPass(pointer))
  const guesses = new Map<string, Constant[]>()
  for (const constant of [...parameterConstants, ...own]) {
    const {range} = constant
    if (range === undefined || range.ends[0] === range.ends[1]) continue
    guesses.set(range.guess, [...(guesses.get(range.guess) ?? []), constant])
  }
  return [...guesses].map(([guess, moved]) => ({
    guess,
    name: constantName(accelerator, moved),
    rangeText: moved[0]!.range!.text,
    isPace: moved.some((constant) => isPace(accelerator, constant)),
    members: membersOf(moved),
  }))
}

/** Estimates whose range is not stated, so that no band can be drawn; what only names a parameter is told at that one. */
export function unrangedConstants({constants, parameterConstants, parameters}: Accelerator): readonly Constant[] {
  const names = new Set(parameters.ordered.map(({name}) => name))
  const written = [...parameterConstants, ...constants.filter(({text}) => !names.has(text.trim()))]
  const unranged = written.filter(({pointer, estimate, range}) => estimate !== undefined && range === undefined && !isClockOfCurve(pointer))
  return [...new Map(unranged.map((constant) => [constant.pointer, constant])).values()]
}

function refuseUnranged(accelerator: Accelerator): void {
  const unranged = unrangedConstants(accelerator)
  if (unranged.length === 0) return
  const hints = ['add `range: x2`, `±10 %` or two ends beside the estimate; `exact` where no error can move it']
  const problems = unranged.map(({pointer, text}) => accelerator.source.problem(pointer, `the estimate of ${text} states no range`, hints))
  throw new SpecError(problems, 'RANGE_MISSING')
}

/** Areas, prices and what a device is made with move neither energy nor time of a pass. */
const actsOnPass = (pointer: string): boolean => /^\/(clocks|units|memories|links|power)\//.test(pointer)

const isClockOfCurve = (pointer: string): boolean => /\/\d+\/clock$/.test(pointer)

/** The points of a curve move as one, by the factor that scales it. */
function membersOf(moved: readonly Constant[]): Member[] {
  const members = moved.map(({pointer, value, range}): Member => {
    const {kind, ends} = range as Range
    const curve = /^(.*\/(?:idle|voltage))\/\d+\/\w+$/.exec(pointer)?.[1]
    if (curve === undefined) return {pointer, kind, value, ends}
    return {pointer: `${curve}Scale`, kind, value: 1, ends: [ends[0] / value, ends[1] / value]}
  })
  return [...new Map(members.map((member) => [member.pointer, member])).values()]
}

const paceUnits = (['bytesPerSecond', 'bytesPerCycle', 'operationsPerCycle', 'seconds'] as const).map(
  (dimension) => ownUnit(canonicalUnit(dimension).vector).unit,
)

function isPace({parameters}: Accelerator, {pointer, unit}: Constant): boolean {
  const parameter = parameters.ordered.find(({name}) => pointer === `/parameters/${name}`)
  if (parameter !== undefined) return paceUnits.includes(ownUnit(parameter.expression.vector).unit)
  return /^\/(units|memories|links)\//.test(pointer) && paceUnits.includes(unit)
}
