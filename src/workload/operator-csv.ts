import {createRequire} from 'node:module'
import path from 'node:path'
import type * as CsvParse from 'csv-parse/sync'
import {type Dtype, dtypes} from '../foundation/dtype.js'
import {nearestName} from '../foundation/nearest-name.js'
import {SpecError} from '../spec/spec-error.js'
import {readText} from '../spec/yaml-source.js'
import type {ListedPass, OperatorList} from './model.js'
import type {OperatorNode} from './operator.js'
import {elementFunctionNamed, elementWords} from './operators/element-words.js'
import {forwardNode, type Step} from './operators/table.js'

const columns = ['model', 'phase', 'model_dtype', 'model_batch', 'seq', 'op', 'dtype', 'm', 'n', 'k', 'batch', 'detail', 'count'] as const
type Column = (typeof columns)[number]
type Row = Readonly<Record<Column, string>>

/** Without these no row is an operator; each kind of operator needs some of the others too. */
const requiredColumns: readonly Column[] = ['op', 'dtype', 'm', 'n', 'count']

/** Writes of a cast, by its name. */
const castTargets: Readonly<Record<string, Dtype>> = {typecast_to_bf16: 'bf16', typecast_to_fp16: 'fp16', typecast_to_fp32: 'fp32'}

/** Operator lists of one or more passes out of CSV, a row for each operator. */
export function operatorListFromCsv(file: string): OperatorList {
  const {parse} = createRequire(import.meta.url)('csv-parse/sync') as typeof CsvParse
  const shown = path.relative(process.cwd(), file).startsWith('..') ? file : path.relative(process.cwd(), file)
  const name = path.basename(file).replace(/\.\w+$/, '')
  let records: {record: Partial<Row>; info: {lines: number}}[]
  try {
    records = parse(readText(file), {columns: true, bom: true, info: true, skip_empty_lines: true, trim: true}) as unknown as typeof records
  } catch (cause) {
    const line = (cause as {lines?: number}).lines ?? 1
    throw problem(shown, line, '/', `this is not CSV: ${(cause as Error).message}`, ['check the quotes and the number of columns'])
  }
  checkColumns(shown, records[0]?.record)
  const passes = new Map<string, {pass: Omit<ListedPass, 'operators'>; operators: OperatorNode[]}>()
  const absent: Partial<Row> = {model: name, phase: 'operators'}
  for (const {record: written, info} of records) {
    const record = Object.fromEntries(columns.map((column) => [column, written[column] ?? absent[column] ?? ''])) as Row
    const {model, phase, model_dtype, model_batch, seq} = record
    const key = [model, phase, model_dtype, model_batch, seq].join('\n')
    const known = passes.get(key) ?? {pass: passOf(shown, info.lines, record), operators: []}
    known.operators.push(nodeOf(shown, info.lines, record))
    passes.set(key, known)
  }
  return {kind: 'operators', name, source: shown, passes: [...passes.values()].map(({pass, operators}) => ({...pass, operators}))}
}

/** Columns that may be left out are left out by their own names alone: one that is misspelt is not ignored. */
function checkColumns(file: string, first: Partial<Row> | undefined): void {
  const known = [`columns: ${columns.join(', ')}`, `needed: ${requiredColumns.join(', ')}, and what each op is sized by`]
  if (first === undefined) throw problem(file, 1, '/', 'there is no row in this file', known)
  const present = Object.keys(first)
  const unknown = present.filter((name) => !(columns as readonly string[]).includes(name))
  const missing = columns.filter((column) => !present.includes(column))
  const needed = missing.filter((column) => requiredColumns.includes(column))
  const misspelt = missing.flatMap((column) => {
    const near = nearestName(column, unknown)
    return near === undefined ? [] : [{column, hint: `"${near}" may be meant for ${column}`}]
  })
  const faults = needed.length > 0 ? needed : misspelt.map(({column}) => column)
  if (faults.length === 0) return
  throw problem(file, 1, `/${faults[0]}`, `the column ${faults.join(', ')} is missing`, [...misspelt.map(({hint}) => hint), ...known])
}

function passOf(file: string, line: number, row: Row): Omit<ListedPass, 'operators'> {
  const batch = row.model_batch === '' ? undefined : whole(file, line, 'model_batch', row.model_batch)
  const seq = row.seq === '' ? undefined : whole(file, line, 'seq', row.seq)
  const tokenCount = (batch ?? 1) * (seq ?? 1)
  const dtype = row.model_dtype === '' ? undefined : dtypeOf(file, line, 'model_dtype', row.model_dtype)
  return {
    model: row.model,
    phase: row.phase,
    tokenCount,
    ...(dtype !== undefined && {dtype}),
    ...(batch !== undefined && {batch}),
    ...(seq !== undefined && {seq}),
  }
}

function nodeOf(file: string, line: number, row: Row): OperatorNode {
  const dtype = dtypeOf(file, line, 'dtype', row.dtype)
  const number = (column: 'm' | 'n' | 'k' | 'batch' | 'count', fallback?: number): number =>
    row[column] === '' && fallback !== undefined ? fallback : whole(file, line, column, row[column])
  const common = {name: row.detail === '' ? row.op : `${row.op}_${row.detail}`, dtype, count: number('count', 1)}
  return forwardNode(stepOf(file, line, row, common, number))
}

type Common = {readonly name: string; readonly dtype: Dtype; readonly count: number}

function stepOf(
  file: string,
  line: number,
  row: Row,
  common: Common,
  number: (column: 'm' | 'n' | 'k' | 'batch', fallback?: number) => number,
): Step {
  const batchCount = row.batch === '' ? 1 : number('batch')
  switch (row.op) {
    case 'gemm':
    case 'conv2d_as_gemm':
      // Batched products in these passes are those of attention; single ones have a weight.
      return {kind: 'gemm', options: {...common, m: number('m'), n: number('n'), k: number('k'), batchCount, weights: batchCount === 1}}
    case 'softmax':
      return {kind: 'softmax', options: {...common, m: number('m') * batchCount, n: number('n')}}
    case 'layernorm':
      return {kind: 'layernorm', options: {...common, m: number('m') * batchCount, n: number('n')}}
    case 'elementwise': {
      const name = elementFunctionNamed(row.detail)
      if (name === undefined) throw unknownCell(file, line, 'detail', row.detail, elementWords)
      const outputDtype = castTargets[row.detail] ?? common.dtype
      return {kind: 'elementwise', options: {...common, function: name, m: number('m') * batchCount, n: number('n', 1), outputDtype}}
    }
    default:
      throw unknownCell(file, line, 'op', row.op, ['gemm', 'conv2d_as_gemm', 'softmax', 'layernorm', 'elementwise'])
  }
}

function dtypeOf(file: string, line: number, column: 'dtype' | 'model_dtype', text: string): Dtype {
  if ((dtypes as readonly string[]).includes(text)) return text as Dtype
  throw unknownCell(file, line, column, text, dtypes)
}

function whole(file: string, line: number, column: string, text: string): number {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value) && value > 0) return value
  if (text === '')
    throw problem(file, line, `/${column}`, `this row needs ${column}, which is not given`, [`column ${column} holds a size or a count`])
  throw problem(file, line, `/${column}`, `"${text}" is not a whole number of at least one`, [`column ${column} holds a size or a count`])
}

function unknownCell(file: string, line: number, column: string, text: string, known: readonly string[]): SpecError {
  const nearest = nearestName(text, known)
  const message = text === '' ? `this row needs ${column}, which is not given` : `"${text}" is not a known ${column}`
  return problem(file, line, `/${column}`, message, [
    ...(nearest === undefined ? [] : [`did you mean ${nearest}`]),
    `known: ${known.join(', ')}`,
  ])
}

function problem(file: string, line: number, pointer: string, message: string, suggestions: readonly string[]): SpecError {
  return new SpecError([{file, line, column: 1, pointer, message, suggestions}])
}
