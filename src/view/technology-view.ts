import {type ScalingLine, type ScalingName, scalingNames, scalings, type Technology} from '../accelerator/technology.js'
import {technologyName} from '../accelerator/technology-layer.js'
import type {Palette} from '../cli/colour.js'
import {formatTable} from '../cli/table.js'
import {nothing} from '../cli/text.js'
import {blocks, factLines} from './layout.js'

/** Ratios of energies between two technologies, a column for each way to scale, and how far these are apart. */
export function technologyComparisonText(
  {from, to, energies}: {readonly from: Technology; readonly to: Technology; readonly energies: readonly ScalingLine[]},
  colours: Palette,
): string {
  const ratio = (name: ScalingName, {ratioByMethod}: ScalingLine): string => ratioByMethod[name]?.toPrecision(2) ?? nothing
  return blocks(
    `Energy at ${technologyName(to)} over that at ${technologyName(from)}`,
    formatTable(
      [
        {header: 'of', cell: ({energy}) => energy, align: 'left'},
        ...scalingNames.map((name) => ({header: name, cell: (line: ScalingLine) => ratio(name, line), align: 'right' as const})),
        {header: 'apart', cell: apart, align: 'right'},
      ],
      energies,
    ),
    factLines(
      scalingNames.map((name) => [name, scalings[name].title] as const),
      colours,
    ),
  )
}

function apart({ratioByMethod}: ScalingLine): string {
  const ratios = Object.values(ratioByMethod).filter((ratio) => ratio !== null)
  return ratios.length < 2 ? nothing : `× ${(Math.max(...ratios) / Math.min(...ratios)).toPrecision(2)}`
}
