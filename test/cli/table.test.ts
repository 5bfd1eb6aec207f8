import {describe, expect, it} from 'vitest'
import {palette} from '../../src/cli/colour.js'
import {cutText, displayWidth, formatFolded, formatTable, type TableColumn, wrapped} from '../../src/cli/table.js'

interface Row {
  readonly name: string
  readonly time: string
  readonly note: string
}
const rows: Row[] = [
  {name: 'attention', time: '3.2 ms', note: 'bound by the main memory'},
  {name: 'mlp', time: '12.5 ms', note: 'bound by the tensor units'},
]
const columns: TableColumn<Row>[] = [
  {header: 'operator', cell: ({name}) => name},
  {header: 'time', cell: ({time}) => time, dropOrder: 1},
  {header: 'note', cell: ({note}) => note, dropOrder: 2},
]

describe('formatTable', () => {
  it('aligns text to the left and numbers to the right', () => {
    expect(formatTable(columns, rows, {width: 80}).split('\n')).toEqual([
      'operator      time  note',
      'attention   3.2 ms  bound by the main memory',
      'mlp        12.5 ms  bound by the tensor units',
    ])
  })

  it('leaves out the least important column first, and says which', () => {
    expect(formatTable(columns, rows, {width: 30}).split('\n')).toEqual([
      'operator      time',
      'attention   3.2 ms',
      'mlp        12.5 ms',
      '(not shown at this width:',
      'note)',
    ])
  })

  it('leaves out columns of one number together, and names none that has no header', () => {
    const word = (header: string, dropOrder?: number) => ({header, cell: () => '0123456789', ...(dropOrder !== undefined && {dropOrder})})
    const text = formatTable([word('kept'), word('from', 1), word('to', 1), word('', 2)], [{}], {width: 32})
    expect(text.split('\n').slice(2).join(' ')).toBe('(not shown at this width: from, to)')
  })

  it('wraps a text between its words', () => {
    expect(wrapped('one two three', 7)).toBe('one two\nthree')
  })

  it('cuts the widest text when no column may go', () => {
    const needed = columns.map(({header, cell}) => ({header, cell}))
    const lines = formatTable(needed, rows, {width: 36}).split('\n')
    expect(lines[1]).toBe('attention   3.2 ms  bound by the ma…')
    expect(Math.max(...lines.map(displayWidth))).toBe(36)
  })

  it('aligns rows with wide and combining characters and with colour', () => {
    const {red} = palette({isTTY: true}, {}, [])
    const names = ['模型', 'e\u0301a', '🚀', red('ab')]
    const lines = formatTable(
      [
        {header: 'n', cell: (name: string) => name},
        {header: 'end', cell: () => '|', align: 'left'},
      ],
      names,
      {width: 80},
    ).split('\n')
    expect(lines.slice(1).map((line) => displayWidth(line.slice(0, line.indexOf('|'))))).toEqual([6, 6, 6, 6])
  })

  it('shows the header of an empty table', () => {
    expect(formatTable(columns, [], {width: 80})).toBe('operator  time  note')
  })
})

describe('formatFolded', () => {
  const all = ['design', 'batch', 'latency', 'energy'].map((header): TableColumn<string> => ({header, cell: (row) => row}))

  it('goes on in a further table under the first column, and loses no column', () => {
    expect(formatFolded(all, ['1'], {width: 15}).split('\n')).toEqual([
      'design  batch',
      '     1      1',
      '',
      'design  latency',
      '     1        1',
      '',
      'design  energy',
      '     1       1',
    ])
  })

  it('is one table where the width holds it', () => {
    expect(formatFolded(all, ['1'], {width: 30})).toBe(formatTable(all, ['1'], {width: 30}))
  })
})

describe('cutText', () => {
  it('never exceeds the width, even between two halves of a wide character', () => {
    expect(cutText('模型模型', 6)).toBe('模型…')
    expect(displayWidth(cutText('模型模型', 4))).toBeLessThanOrEqual(4)
  })
})

describe('palette', () => {
  it.each([
    {what: 'a pipe', stream: {isTTY: false}, environment: {}, argv: []},
    {what: 'NO_COLOR', stream: {isTTY: true}, environment: {NO_COLOR: '1'}, argv: []},
    {what: '--no-color', stream: {isTTY: true}, environment: {}, argv: ['--no-color']},
  ])('paints nothing with $what', ({stream, environment, argv}) => {
    expect(palette(stream, environment, argv).red('x')).toBe('x')
  })
})
