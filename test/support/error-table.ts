import {existsSync} from 'node:fs'
import path from 'node:path'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {profileOf} from '../../src/cost/calibrated/profile.js'
import {packageRoot, shippedNames} from '../../src/spec/catalogue.js'
import {type MeasuredMetric, measuredMetrics, validate} from '../../src/validate/validate.js'

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

/** The README's table of whole passes: measured on devices whose kernels were fitted, none of these rows was. */
export async function passTable(): Promise<string> {
  const lines = ['| device | pass | format | measured rows | latency | energy | power |', '|---|---|---|---:|---:|---:|---:|']
  for (const name of shippedNames('accelerator')) {
    const trace = path.join(packageRoot, 'accelerators', name, 'measured.csv')
    if (!existsSync(trace)) continue
    const {groups} = await validate({traces: [trace]})
    const passes = groups.filter(({op}) => ['serve', 'train_step', 'forward_prefill'].includes(op))
    for (const key of new Set(passes.map(({op, dtype}) => `${op} | ${dtype}`))) {
      const own = passes.filter(({op, dtype}) => `${op} | ${dtype}` === key)
      const rowCount = own.reduce((sum, each) => sum + each.rowCount, 0)
      const mean = (metric: MeasuredMetric): string =>
        own.some((each) => each[metric] === null)
          ? '–'
          : percent(own.reduce((sum, each) => sum + each[metric]!.mape * each.rowCount, 0) / rowCount)
      lines.push(`| ${name} | ${key} | ${rowCount} | ${measuredMetrics.map(mean).join(' | ')} |`)
    }
  }
  return lines.join('\n')
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}
