import type {Figure, Report, Section} from '../report/report.js'
import type {Column, Table} from '../report/table.js'
import type {Objective} from '../sweep/objective.js'
import type {Study} from '../sweep/study.js'
import type {FigureContext} from './figures/figure-context.js'
import {metricTitle, objectiveTitle} from './figures/metric-title.js'
import {buildFigure, type ReportPart} from './figures/table.js'
import {objectiveUnit, unitOf} from './figures/unit-of.js'
import {heldOutError, seenRowsText} from './held-out-error.js'
import {profileErrors, profileErrorTable} from './profile-errors.js'
import {reportSpec} from './report-spec.js'
import {studyAxes, type WorkloadSummary, workloadSummary} from './run-sweep.js'
import {trustTable} from './trust-table.js'
import {fidelityText} from './used-fidelity.js'
import {fullName} from './workload-groups.js'

const partTitles: Readonly<Record<ReportPart, string>> = {
  front: 'Designs and their front',
  causes: 'Where time and energy go',
  trust: 'How far to trust it',
}

/** A study's findings as a report: its front, the causes, and the model's error against measurements. */
export function studyReport(context: FigureContext): Report {
  const {study, points, validation} = context
  const {text, figures} = reportSpec(study)
  const built = figures.map((spec, index) => buildFigure({spec, context, pointer: `/report/figures/${index}`}))
  const figuresOf = (part: ReportPart): Figure[] => built.filter((each) => each.part === part).map(({figure}) => figure)
  const summaries = points.map((each) => workloadSummary(each, study))
  const sections: Section[] = [
    {
      title: partTitles.front,
      text: summaries.map(countText),
      tables: [...summaries.map((each) => cornerTable(each, study)), ...constraintTables(summaries)],
      figures: figuresOf('front'),
    },
    {title: partTitles.causes, figures: figuresOf('causes')},
    {
      title: partTitles.trust,
      text: trustText(validation),
      tables: trustTables(study, validation),
      figures: figuresOf('trust'),
    },
  ]
  const isFilled = ({text: lines = [], tables = [], figures: drawn = []}: Section): boolean =>
    lines.length + tables.length + drawn.length > 0
  return {title: study.title, summary: text, sections: sections.filter(isFilled)}
}

function counted(count: number): string {
  return count.toLocaleString('en-US')
}

function countText(summary: WorkloadSummary): string {
  const {fidelities, pointCount, feasibleCount, frontCount} = summary
  return `${fullName(summary)}: ${counted(feasibleCount)} of ${counted(pointCount)} designs meet every constraint, and ${counted(frontCount)} of these are on the front. Fidelity: ${fidelityText(fidelities)}.`
}

const power: Column = {field: 'averageWatts', title: metricTitle('averageWatts'), unit: 'watts'}

function cornerTable(summary: WorkloadSummary, study: Study): Table {
  const {corners} = summary
  const axes = studyAxes(study)
  const objectives = study.objectives.map(
    (objective): Column => ({field: objective.name, title: objectiveTitle(objective), ...objectiveUnit(objective)}),
  )
  return {
    caption: `Corners of the front: ${fullName(summary)}`,
    columns: [
      {field: 'bestIn', title: 'Best in'},
      {field: 'accelerator', title: 'Accelerator'},
      ...axes.map(({name, unit}): Column => ({field: name, title: name, ...unitOf(unit)})),
      ...objectives,
      ...(study.objectives.some(({metric}) => metric === 'averageWatts') ? [] : [power]),
      {field: 'boundBy', title: 'Bound by'},
    ],
    rows: corners.map((corner) => ({...corner.point, bestIn: titleWords(corner)})),
  }
}

function titleWords(objective: Objective): string {
  return objective.metric === undefined ? objective.name : objectiveTitle(objective).toLowerCase()
}

function constraintTables(summaries: readonly WorkloadSummary[]): Table[] {
  const rows = summaries.flatMap((summary) => summary.constraints.map((each) => ({workload: fullName(summary), ...each})))
  if (rows.length === 0) return []
  return [
    {
      caption: 'What each constraint removes',
      columns: [
        {field: 'workload', title: 'Workload'},
        {field: 'text', title: 'Constraint'},
        {field: 'removedCount', title: 'Designs removed'},
        {field: 'removedAloneCount', title: 'By it alone'},
      ],
      rows,
    },
  ]
}

function errorTable({groups, fidelity, rowCount, predictedCount}: NonNullable<FigureContext['validation']>['result']): Table {
  const byClass = new Map<string, {device: string; op: string; dtype: string; rowCount: number; errorSum: number; biasSum: number}>()
  for (const {device, op, dtype, rowCount: count, latency} of groups) {
    const key = `${device} ${op} ${dtype}`
    const sum = byClass.get(key) ?? {device, op, dtype, rowCount: 0, errorSum: 0, biasSum: 0}
    byClass.set(key, {
      ...sum,
      rowCount: sum.rowCount + count,
      errorSum: sum.errorSum + (latency?.mape ?? 0) * count,
      biasSum: sum.biasSum + (latency?.bias ?? 0) * count,
    })
  }
  return {
    caption: `Error of latency by device and operator class: ${counted(predictedCount)} of ${counted(rowCount)} measured rows predicted by fidelity ${fidelity}`,
    columns: [
      {field: 'device', title: 'Device'},
      {field: 'op', title: 'Operator class'},
      {field: 'dtype', title: 'Format'},
      {field: 'rowCount', title: 'Rows', unit: 'count'},
      {field: 'mapeRatio', title: 'Mean error', unit: 'ratio'},
      {field: 'biasRatio', title: 'Bias', unit: 'ratio'},
    ],
    rows: [...byClass.values()].map(({device, op, dtype, rowCount: count, errorSum, biasSum}) => ({
      device,
      op,
      dtype,
      rowCount: count,
      mapeRatio: errorSum / count,
      biasRatio: biasSum / count,
    })),
  }
}

/** Shipped rows are not unseen ones. */
function trustText(validation: FigureContext['validation']): string[] {
  const heldOutMapeRatio = validation === undefined ? null : heldOutError(validation.result)
  return heldOutMapeRatio === null ? [] : [`Of the measured rows, ${seenRowsText(heldOutMapeRatio)}.`]
}

function trustTables(study: Study, validation: FigureContext['validation']): Table[] {
  const basis = trustTable(study)
  if (validation === undefined) return [basis]
  const unseen = profileErrors(validation.result)
  return [basis, ...(unseen.length === 0 ? [] : [profileErrorTable(unseen)]), errorTable(validation.result)]
}
