import {YamlSource} from '../../src/spec/yaml-source.js'
import {translateTimeloop} from '../../src/timeloop/import-timeloop.js'
import {sectionsOf} from '../../src/timeloop/sections.js'

/** A small design of Timeloop by file; errors are pinned to its lines. */
export const timeloopDesign: Readonly<Record<string, string>> = {
  'arch.yaml': `architecture:
  version: 0.3
  subtree:
    - name: system
      local:
        - name: DRAM
          class: DRAM
          attributes: {width: 64, block-size: 8, word-bits: 8}
      subtree:
        - name: chip
          local:
            - name: Buffer
              class: smartbuffer_SRAM
              attributes: {memory_depth: 128, memory_width: 32, n_banks: 2, word-bits: 8, read_bandwidth: 2}
          subtree:
            - name: PE[0..3]
              local:
                - name: Spad
                  class: regfile
                  attributes: {entries: 8, word-bits: 8, meshX: 2}
                - name: MAC
                  class: intmac
                  attributes: {datawidth: 8, meshX: 2}
`,
  'prob.yaml': `problem:
  shape:
    name: Product
    dimensions: [M, N, K]
    data-spaces:
      - {name: A, projection: [[[M]], [[K]]]}
      - {name: B, projection: [[[K]], [[N]]]}
      - {name: Z, projection: [[[M]], [[N]]], read-write: True}
  instance: {M: 4, N: 2, K: 6}
`,
  'map.yaml': `mapping:
  - {target: DRAM, type: temporal, factors: M=2 K=3, permutation: KM}
  - {target: Buffer, type: temporal, factors: "N2 K0", permutation: "K, N"}
  - {target: Buffer, type: spatial, factors: M=2, permutation: MNK, split: 1}
  - {target: Spad, type: bypass, keep: [Z], bypass: [A, B]}
`,
  'ert.yaml': `ERT:
  version: 0.3
  tables:
    - {name: "system.DRAM[1..1]", actions: [{name: read, energy: 200}, {name: write, energy: 210}, {name: update, energy: 220}]}
    - name: system.chip.Buffer
      actions:
        - {name: read, arguments: {data_delta: 0}, energy: 1}
        - {name: read, arguments: {data_delta: 1}, energy: 4}
        - {name: write, energy: 5}
    - {name: "system.chip.PE[0..3].Spad", actions: [{name: read, energy: 0.5}, {name: write, energy: 0.25}]}
    - {name: "system.chip.PE[0..3].MAC", actions: [{name: compute, energy: 0.75}]}
`,
}

/** The files that an import makes of the small design, with some texts in place of others: by file, what to replace and by what. */
export function translatedDesign(changes: Readonly<Record<string, readonly (readonly [string, string])[] | string>> = {}) {
  const texts = {...timeloopDesign}
  for (const [file, change] of Object.entries(changes))
    texts[file] =
      typeof change === 'string'
        ? change
        : change.reduce((text, [from, to]) => {
            if (!text.includes(from)) throw new Error(`${file} has no "${from}"`)
            return text.replace(from, to)
          }, texts[file]!)
  const {files, ignored} = translateTimeloop(sectionsOf(Object.entries(texts).map(([file, text]) => YamlSource.parse(text, file))))
  return {files: Object.fromEntries(files), ignored}
}
