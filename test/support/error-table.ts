import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {profileOf} from '../../src/cost/calibrated/profile.js'
import {shippedNames} from '../../src/spec/catalogue.js'

/** The README's table of measured error, made from the shipped profiles. */
export function errorTable(): string {
  const lines = [
    '| device | operator class | format | measured rows | plain roofline | calibrated, rows not seen |',
    '|---|---|---|---:|---:|---:|',
  ]
  for (const name of shippedNames('accelerator')) {
    for (const entry of profileOf(loadAccelerator(name)).filter(({device}) => device === name)) {
      const cells = [name, entry.class, entry.dtype, String(entry.rowCount), percent(entry.rooflineMape), percent(entry.heldOutMape)]
      lines.push(`| ${cells.join(' | ')} |`)
    }
  }
  return lines.join('\n')
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}
