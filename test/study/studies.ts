import {writeFileSync} from 'node:fs'
import path from 'node:path'
import type {Figure} from '../../src/report/report.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {buildFigure} from '../../src/study/figures/table.js'
import {reportSpec} from '../../src/study/report-spec.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'
import {smallStudy, writeStudy} from '../sweep/studies.js'

/** Words that would run if a page took them for markup. */
export const hostile = '<script>window.owned = 1</script>'

/** A few designs, a few measurements, and every kind of figure, with hostile words wherever a person's words can stand. */
export function fullStudy(folder: string): string {
  const measured = JSON.stringify(path.join(packageRoot, 'accelerators', 'h100-sxm', 'measured.csv'))
  writeFileSync(
    path.join(folder, 'odd.yaml'),
    `kind: transformer
name: ${JSON.stringify(`odd ${hostile}`)}
source: made up
hidden: 512
vocabulary: 1000
layers: 2
attention: {heads: 8}
mlp: {intermediate: 2048, activation: gelu}
norm: {function: layernorm}
positions: learned
positionRows: 1024
`,
  )
  const text = smallStudy
    .replace(
      'title: A small family',
      `title: ${JSON.stringify(`A small family ${hostile}`)}\ntext: [${JSON.stringify(`Words ${hostile}`)}]`,
    )
    .replace('  - {model: gpt2,', '  - {model: ./odd.yaml, phase: decode, contextTokens: 256}\n  - {model: gpt2,')
  return writeStudy(
    `${text}constraints: [averageWatts <= 700 W]
validate: {traces: [${measured}]}
report:
  figures:
    - {name: front, chart: pareto, title: ${JSON.stringify(`Front ${hostile}`)}, caption: ${JSON.stringify(`Caption ${hostile}`)}, workloads: [{model: gpt2, phase: decode}], x: latency, y: energyPerToken, colour: cost}
    - {name: odd-front, chart: pareto, title: Odd front, workloads: [{model: ./odd.yaml, phase: decode}], x: latency, y: energyPerToken}
    - {name: designs, chart: parallel, title: ${JSON.stringify(`Designs ${hostile}`)}, workloads: [{model: gpt2, phase: decode}, {model: ./odd.yaml, phase: decode}]}
    - {name: dies, chart: area, title: Dies, workloads: [{model: gpt2, phase: decode}, {model: ./odd.yaml, phase: decode}]}
    - {name: limits, chart: limits, title: Limits, workloads: [{model: ./odd.yaml, phase: decode}], x: sms, y: batch}
    - {name: effects, chart: sensitivity, title: Effects, workloads: [{model: ./odd.yaml, phase: decode}], y: latency}
    - {name: roofs, chart: roofline, title: Roofs of one machine, accelerators: [h100-sxm], workloads: [{model: gpt2, phase: decode, contextTokens: 512, batch: 8}]}
    - {name: parts, chart: breakdown, title: Parts, accelerators: [h100-sxm, a100-sxm-80gb], workloads: [{model: gpt2, phase: decode, contextTokens: 512}]}
    - {name: clocks, chart: dvfs, title: Clocks, accelerators: [h100-sxm], workloads: [{model: gpt2, phase: prefill, promptTokens: 512}]}
    - {name: compared, chart: predicted-measured, title: Compared, quantity: latency}
    - {name: errors, chart: error-by-class, title: Errors}
    - {name: steps, chart: waterfall, title: Steps, accelerators: [h100-sxm], workloads: [{model: gpt2, phase: decode, contextTokens: 512}], operator: attention}
`,
    folder,
  )
}

/** A study whose only figure is written as given. */
export function figureStudy(figure: string, extra = ''): Study {
  return loadStudy(writeStudy(`${smallStudy}${extra}report:\n  figures:\n    - ${figure}\n`))
}

/** The only figure of a study that has neither points nor measurements. */
export function onlyFigure(study: Study): Figure {
  const [spec] = reportSpec(study).figures
  const points = study.spaces.map(({model, pass}) => ({
    workload: model.name,
    phase: String(pass.phase),
    settings: '',
    fidelities: [],
    pointCount: 0,
    storedCount: 0,
    describedCount: null,
    feasibleCount: 0,
    feasible: [],
    constraints: [],
    front: new Int32Array(0),
  }))
  return buildFigure({spec: spec!, context: {study, points, validation: undefined}, pointer: '/report/figures/0'}).figure
}
