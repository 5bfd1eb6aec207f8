import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {unknownName} from '../foundation/nearest-name.js'
import {type ShelfEntry, shelfEntries} from '../spec/shelf-entries.js'

/** What can be listed. A new kind of shipped thing is a new line here. */
const listings = {
  accelerators: () => shelfEntries('accelerator'),
  models: () => shelfEntries('model'),
  studies: () => shelfEntries('study'),
} satisfies Record<string, () => ShelfEntry[]>

type Listing = keyof typeof listings
const listingNames = Object.keys(listings) as Listing[]

export default class List extends BaseCommand {
  static override summary = 'List what is shipped: accelerators, models, studies.'
  static override description = 'Each name can be given wherever a command takes an accelerator, a model or a study.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> accelerators']
  static override args = {
    kind: string({description: `Only one kind: ${listingNames.join(', ')}.`}),
  }

  async run(): Promise<Partial<Record<Listing, ShelfEntry[]>>> {
    const {args} = await this.parse(List)
    const kinds = listingNames.filter((name) => args.kind === undefined || name === args.kind)
    if (args.kind !== undefined && kinds.length === 0) throw unknownName('kind of thing to list', args.kind, listingNames)
    const shipped = Object.fromEntries(kinds.map((kind) => [kind, listings[kind]()]))
    const blocks = Object.entries(shipped).map(
      ([kind, entries]) => `${this.colours.bold(kind)} (${entries.length})\n${formatTable(columnsOf(entries), entries)}`,
    )
    this.log(blocks.join('\n\n'))
    return shipped
  }
}

function columnsOf(entries: readonly ShelfEntry[]): TableColumn<ShelfEntry>[] {
  const figureNames = [...new Set(entries.flatMap(({figures}) => Object.keys(figures)))]
  return [
    {header: 'name', cell: ({name}) => name, align: 'left'},
    {header: 'title', cell: ({title}) => title, align: 'left'},
    ...figureNames.map((figure, index) => ({
      header: figure,
      cell: ({figures}: ShelfEntry) => figures[figure] ?? '',
      align: 'right' as const,
      dropOrder: index + 1,
    })),
  ]
}
