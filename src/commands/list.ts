import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatQuantity} from '../cli/text.js'
import {unknownName} from '../foundation/nearest-name.js'
import {type ShelfEntry, shelfEntries} from '../spec/shelf-entries.js'

/** What can be listed. A new kind of shipped thing is a new line here. */
const listings = {
  accelerators: async () => shelfEntries('accelerator'),
  models: async () => shelfEntries('model'),
  problems: async () => shelfEntries('problem'),
  studies: async () => shelfEntries('study'),
  charts: async () => {
    const {chartKinds} = await import('../report/charts/table.js')
    return Object.entries(chartKinds).map(([name, {summary}]) => ({name, title: summary, figures: {}}))
  },
} satisfies Record<string, () => Promise<ShelfEntry[]>>

type Listing = keyof typeof listings
const listingNames = Object.keys(listings) as Listing[]

export default class List extends BaseCommand {
  static override summary = 'List what is shipped: accelerators, models, problems, studies, charts.'
  static override description = 'Each name can be given wherever a command or a study takes one of its kind.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> accelerators']
  static override args = {
    kind: string({description: `Only one kind: ${listingNames.join(', ')}.`}),
  }

  async run(): Promise<Partial<Record<Listing, ShelfEntry[]>>> {
    const {args} = await this.parse(List)
    const kinds = listingNames.filter((name) => args.kind === undefined || name === args.kind)
    if (args.kind !== undefined && kinds.length === 0) throw unknownName('kind of thing to list', args.kind, listingNames)
    const shipped = Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, await listings[kind]()] as const)))
    const blocks = Object.entries(shipped).map(
      ([kind, entries]) => `${this.colours.bold(`${kind} (${entries.length})`)}\n${formatTable(columnsOf(entries), entries)}`,
    )
    this.log(blocks.join('\n\n'))
    return shipped
  }
}

function columnsOf(entries: readonly ShelfEntry[]): TableColumn<ShelfEntry>[] {
  const byFigureCount = entries.toSorted((a, b) => Object.keys(b.figures).length - Object.keys(a.figures).length)
  const figureNames = [...new Set(byFigureCount.flatMap(({figures}) => Object.keys(figures)))]
  const shown = (figure: string | number | undefined): string => (typeof figure === 'number' ? formatQuantity(figure, '') : (figure ?? ''))
  return [
    {header: 'name', cell: ({name}) => name, align: 'left'},
    ...(entries.some(({title}) => title !== undefined)
      ? [{header: 'title', cell: ({title = ''}: ShelfEntry) => title, align: 'left' as const}]
      : []),
    ...figureNames.map((name, index) => ({
      header: name,
      cell: ({figures}: ShelfEntry) => shown(figures[name]),
      dropOrder: index + 1,
    })),
  ]
}
