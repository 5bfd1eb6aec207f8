import {profileErrors} from '../../src/study/profile-errors.js'
import {measuredStudy} from '../../src/study/run-study.js'
import {loadStudy} from '../../src/sweep/study.js'
import {type MeasuredMetric, measuredMetrics, type Validation} from '../../src/validate/validate.js'

let validated: Promise<Validation> | undefined

/** What the shipped validation study finds, once. */
function validation(): Promise<Validation> {
  validated ??= measuredStudy(loadStudy('validation')).then((measured) => measured!.result)
  return validated
}

/** The README's table of the error on rows that no fit saw, as the validation study reports it. */
export async function errorTable(): Promise<string> {
  const lines = [
    '| device | operator class | format | issued | measured rows | plain roofline | unseen rows: mean | median | p90 | bias |',
    '|---|---|---|---|---:|---:|---:|---:|---:|---:|',
  ]
  for (const error of profileErrors(await validation())) {
    const {device, operatorClass, dtype, launch, rowCount, rooflineMapeRatio, mapeRatio, medianRatio, p90Ratio, biasRatio} = error
    const ratios = [rooflineMapeRatio, mapeRatio, medianRatio, p90Ratio].map(percent)
    lines.push(`| ${[device, operatorClass, dtype, launch, rowCount, ...ratios, signed(biasRatio)].join(' | ')} |`)
  }
  return lines.join('\n')
}

/** The README's table of whole passes: measured on devices whose kernels were fitted, none of these rows was. */
export async function passTable(): Promise<string> {
  const {groups} = await validation()
  const lines = ['| device | pass | format | measured rows | latency | energy | power |', '|---|---|---|---:|---:|---:|---:|']
  const passes = groups.filter(({op}) => op === 'serve' || op === 'train_step' || op.startsWith('forward_'))
  for (const key of new Set(passes.map(({device, op, dtype}) => `${device} | ${op} | ${dtype}`))) {
    const own = passes.filter(({device, op, dtype}) => `${device} | ${op} | ${dtype}` === key)
    const rowCount = own.reduce((sum, each) => sum + each.rowCount, 0)
    const mean = (metric: MeasuredMetric): string =>
      own.some((each) => each[metric] === null)
        ? '–'
        : percent(own.reduce((sum, each) => sum + each[metric]!.mape * each.rowCount, 0) / rowCount)
    lines.push(`| ${key} | ${rowCount} | ${measuredMetrics.map(mean).join(' | ')} |`)
  }
  return lines.join('\n')
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}

function signed(ratio: number): string {
  const text = percent(Math.abs(ratio))
  return Number.parseFloat(text) === 0 ? text : `${ratio < 0 ? '−' : '+'}${text}`
}
