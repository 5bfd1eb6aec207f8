import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {designArea} from '../../src/study/design-area.js'
import {onlySpace, studyOf} from '../sweep/studies.js'

const chip = path.join(packageRoot, 'reports', 'accelerator-design', 'inference-chip.yaml')
const study = (): string => `title: t
spaces:
  - accelerator: ${JSON.stringify(chip)}
    set: {links: 4}
    axes: {cores: [40, 96], l2: [16 MiB, 64 MiB], hbmStacks: [2, 6], clock: [1140 MHz]}
workloads: [{model: gpt2, phase: decode}]
objectives: [latency]
`

/** Areas in the file: 2.42 mm² a core and its spare share of 144 over 132, 14.45 a stack, 104 for 60 MiB, 1.59 a link, 37 beside. */
const byHand = (cores: number, mebibytes: number, stacks: number) => ({
  cores: (cores * 2.42 * 144) / 132,
  matrixUnits: (cores * 0.75 * 144) / 132,
  scratchpads: (cores * 0.06 * 144) / 132,
  interconnect: (65 * cores) / 132,
  l2: (104 * mebibytes) / 60,
  hbm: 14.45 * stacks,
  links: 4 * 1.59,
  other: 37,
})

describe('the parts of a die', () => {
  it.each([
    [40, 16, 2],
    [96, 64, 6],
  ])('of %i cores, %i MiB and %i stacks are as computed by hand, the largest first', (cores, mebibytes, stacks) => {
    const parts = designArea(onlySpace(studyOf(study())), {cores, l2: mebibytes * 2 ** 20, hbmStacks: stacks, clock: 1.14e9})
    const expected = byHand(cores, mebibytes, stacks)
    expect(new Set(parts.map(({name}) => name))).toEqual(new Set(Object.keys(expected)))
    for (const {name, squareMillimetres} of parts) expect(squareMillimetres).toBeCloseTo(expected[name as keyof typeof expected], 9)
    const areas = parts.map(({squareMillimetres}) => squareMillimetres)
    expect(areas).toEqual(areas.toSorted((a, b) => b - a))
  })

  it('are none where an accelerator describes no die', () => {
    const text = study()
      .replace(JSON.stringify(chip), './tiny.yaml')
      .replace(/ {4}set:.*\n {4}axes:.*\n/, '')
    expect(designArea(onlySpace(studyOf(text)), {})).toEqual([])
  })
})

it('the chip has a source for each of its constants, and cores that it leaves as an H100 has them', () => {
  const machine = loadAccelerator(chip)
  for (const {pointer, source} of machine.constants) expect([pointer, source]).toEqual([pointer, expect.stringMatching(/\S/)])
  expect(machine.machine.power.limitWatts).toBe(400)
  const asH100 = loadAccelerator(chip, {set: {cores: '132', multiplyAdders: '2048'}}).machine
  const h100 = loadAccelerator('h100-sxm').machine
  for (const [index, {name, operationsPerCycle, count}] of asH100.units.entries()) {
    expect([name, count]).toEqual([h100.units[index]!.name, h100.units[index]!.count])
    expect(operationsPerCycle.bf16).toBe(h100.units[index]!.operationsPerCycle.bf16)
  }
  expect(asH100.memories.map(({read}) => read.amount).slice(0, 3)).toEqual(h100.memories.map(({read}) => read.amount).slice(0, 3))
})
