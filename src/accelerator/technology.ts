import type {Dtype} from '../foundation/dtype.js'
import {nameHints, unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'

/** A process and the voltage that energies are stated at in it. */
export interface Technology {
  readonly nodeMillimetres: number
  readonly volts: number
}

/** What energy is scaled: arithmetic in a format, or a memory of a size on the die. */
export type Scaled = {readonly kind: 'arithmetic'; readonly dtype: Dtype} | {readonly kind: 'memory'; readonly capacityBytes: number}

/** One way to carry energies from a process to another. */
export interface Scaling {
  readonly title: string
  /** Energy in the second technology over that in the first; throws for what it says nothing of. */
  readonly ratio: (from: Technology, to: Technology, of: Scaled) => number
}

const nanometres = ({nodeMillimetres}: Technology): number => Math.round(nodeMillimetres * 1e6 * 1e3) / 1e3

/** Energy of a switch is a2·V² + a1·V + a0 in its node. Stillmaker and Baas, Integration 58, 2017; high-performance devices below 65 nm. */
const switchEnergy: ReadonlyMap<number, readonly [a2: number, a1: number, a0: number]> = new Map([
  [180, [24.64, -17.98, 0]],
  [130, [7.171, -6.709, 2.904]],
  [90, [4.762, -4.781, 2.092]],
  [65, [3.755, -4.398, 1.975]],
  [45, [1.018, -0.3107, 0.1539]],
  [32, [0.8367, -0.4341, 0.1701]],
  [20, [0.373, -0.1582, 0.04104]],
  [16, [0.2958, -0.1241, 0.03024]],
  [14, [0.2363, -0.09675, 0.02239]],
  [10, [0.2068, -0.09311, 0.02375]],
  [7, [0.1776, -0.09097, 0.02447]],
])

/** The supply of the oldest node; no newer one bears more. */
const highestVolts = 1.8

function energyOfSwitch(technology: Technology): number {
  const node = nanometres(technology)
  const factors = switchEnergy.get(node)
  if (factors === undefined) throw unknownNode('stillmaker-baas', node, [...switchEnergy.keys()])
  const [a2, a1, a0] = factors
  const {volts} = technology
  const lowestVolts = -a1 / (2 * a2)
  if (!(volts > lowestVolts && volts <= highestVolts))
    throw new UserError(`stillmaker-baas says nothing of ${node} nm at ${volts} V`, {
      code: 'SCALING_UNKNOWN',
      suggestions: [
        `give a supply above ${lowestVolts.toFixed(2)} V, where its energy begins to rise with the voltage, and up to ${highestVolts} V`,
      ],
    })
  return a2 * volts ** 2 + a1 * volts + a0
}

/** A multiply-add at 45 nm (Horowitz, ISSCC 2014; the fp16 multiply recalled) and at 7 nm (Jouppi et al., ISCA 2021, table 2, recalled), in pJ. */
const multiplyAdd: ReadonlyMap<Dtype, readonly [at45: number, at7: number]> = new Map([
  ['int8', [0.2 + 0.03, 0.07 + 0.007]],
  ['fp16', [1.1 + 0.4, 0.34 + 0.16]],
  ['fp32', [3.7 + 0.9, 1.31 + 0.38]],
])

/** 64 bits out of an SRAM of so many bytes at 45 nm and at 7 nm, in pJ; from the same two. */
const sram: readonly (readonly [capacityBytes: number, at45: number, at7: number])[] = [
  [8 * 1024, 10, 7.5],
  [32 * 1024, 20, 8.5],
  [1024 * 1024, 100, 14],
]

function tableRatio(from: Technology, to: Technology, of: Scaled): number {
  for (const [technology, stated] of [
    [from, 45],
    [to, 7],
  ] as const)
    if (nanometres(technology) !== stated) throw unknownNode('operation-tables', nanometres(technology), [stated])
  if (of.kind === 'memory') return sramRatio(of.capacityBytes)
  const pair = multiplyAdd.get(of.dtype)
  if (pair !== undefined) return pair[1] / pair[0]
  throw new UserError(`operation-tables say nothing of ${of.dtype}`, {
    code: 'SCALING_UNKNOWN',
    suggestions: [`they have ${[...multiplyAdd.keys()].join(', ')}`, 'choose stillmaker-baas, which scales every operation alike'],
  })
}

/** Between the sizes of the tables the ratio goes with the logarithm of the size; beyond them it is that of the nearest. */
function sramRatio(capacityBytes: number): number {
  const ratios = sram.map(([bytes, at45, at7]) => [Math.log(bytes), at7 / at45] as const)
  const place = Math.min(Math.max(Math.log(capacityBytes), ratios[0]![0]), ratios.at(-1)![0])
  const above = Math.max(
    1,
    ratios.findIndex(([bytes]) => bytes >= place),
  )
  const [[low, atLow], [high, atHigh]] = [ratios[above - 1]!, ratios[above]!]
  return atLow + ((atHigh - atLow) * (place - low)) / (high - low)
}

/** Every way to scale, by the name that files and flags give. */
export const scalings = {
  'stillmaker-baas': {
    title: 'Stillmaker and Baas 2017: one factor for all switching energy, by node and voltage',
    ratio: (from, to) => energyOfSwitch(to) / energyOfSwitch(from),
  },
  'operation-tables': {
    title: 'Horowitz 2014 at 45 nm over Jouppi et al. 2021 at 7 nm: a factor for each operation and size of memory',
    ratio: tableRatio,
  },
} as const satisfies Record<string, Scaling>

export type ScalingName = keyof typeof scalings

export const scalingNames = Object.keys(scalings) as readonly ScalingName[]

/** The way to scale of this name. */
export function scalingNamed(name: string): Scaling {
  if (Object.hasOwn(scalings, name)) return scalings[name as ScalingName]
  throw unknownName('way to scale energies', name, scalingNames)
}

function unknownNode(method: ScalingName, node: number, known: readonly number[]): UserError {
  const names = known.map((each) => `${each} nm`)
  return new UserError(`${method} says nothing of ${node} nm here`, {
    code: 'SCALING_UNKNOWN',
    suggestions: known.length === 1 ? [`it goes from 45 nm to 7 nm`] : nameHints(`${node} nm`, names),
  })
}

/** What the ways to scale make of one energy; null where one says nothing of it. */
export interface ScalingLine {
  readonly energy: string
  readonly ratioByMethod: Readonly<Record<ScalingName, number | null>>
}

/** The ways to scale side by side, over all that any of them tells apart; throws where none says anything of the two technologies. */
export function compareScalings(from: Technology, to: Technology): ScalingLine[] {
  const energies: readonly (readonly [string, Scaled])[] = [
    ...[...multiplyAdd.keys()].map((dtype) => [`${dtype} multiply-add`, {kind: 'arithmetic', dtype}] as const),
    ...sram.map(([capacityBytes]) => [`${capacityBytes / 1024} KiB of SRAM`, {kind: 'memory', capacityBytes}] as const),
  ]
  let refusal: unknown
  const ratioOf = (name: ScalingName, of: Scaled): number | null => {
    try {
      return scalings[name].ratio(from, to, of)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      refusal ??= error
      return null
    }
  }
  const lines = energies.map(([energy, of]) => ({
    energy,
    ratioByMethod: Object.fromEntries(scalingNames.map((name) => [name, ratioOf(name, of)])) as ScalingLine['ratioByMethod'],
  }))
  if (lines.every(({ratioByMethod}) => Object.values(ratioByMethod).every((ratio) => ratio === null))) throw refusal
  return lines
}
