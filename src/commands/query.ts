import {string as stringArg} from '@oclif/core/args'
import {boolean, integer, option, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.js'
import {refuseTogether} from '../cli/refuse-together.js'
import {counted} from '../cli/text.js'
import {type ExportFormat, exportFormatOf, exportFormats} from '../store/export.js'
import type {StoreDescription} from '../store/read-only-sql.js'
import type {ExportResult, QueryResult, StoreAnswer} from '../study/query-store.js'

const formats = ['table', ...exportFormats] as const
const asked = ['where', 'sort', 'columns', 'pareto', 'by', 'space'] as const

const alone: Readonly<Record<string, readonly string[]>> = {sql: asked, describe: [...asked, 'sql', 'out']}
const shownCount = 20

export default class Query extends BaseCommand {
  static override summary = 'Filter, sort and export stored points, or find their Pareto front.'
  static override description =
    `Columns go by their names, short ones too: latency, energy, power, energyPerToken, area, cost. A table or --json has ${shownCount} rows unless --limit says more; the other formats have all.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> quickstart --where "latency < 10 ms and power <= 500 W" --sort energyPerToken',
    '<%= config.bin %> <%= command.id %> quickstart --pareto latency,energyPerToken,cost --by phase,batch',
    '<%= config.bin %> <%= command.id %> points.db --format parquet --out points.parquet',
    '<%= config.bin %> <%= command.id %> points.db --sql "select accelerator, min(latency_seconds) from points_by_name group by 1"',
    '<%= config.bin %> <%= command.id %> points.db --describe',
  ]
  static override args = {store: stringArg({description: 'Store, or name of a study that was swept into out/<study>/points.db.'})}
  static override flags = {
    where: string({description: 'Comparisons, joined by "and"; all of them have to hold.', helpValue: 'CLAIM', multiple: true}),
    sort: string({description: 'Columns to sort by; --sort=-latency puts the largest first.', delimiter: ',', multiple: true}),
    limit: integer({description: `Most rows to give; a table has ${shownCount} without it.`, min: 1}),
    columns: string({description: 'Columns to give, in this order.', delimiter: ',', multiple: true}),
    pareto: string({description: 'Objectives of a Pareto front, a minus before one that is to be large.', delimiter: ',', multiple: true}),
    by: string({
      description: 'Columns whose values each have a front of their own.',
      delimiter: ',',
      multiple: true,
      dependsOn: ['pareto'],
      defaultHelp: async () => 'workload, phase and settings where there are several',
    }),
    space: string({description: 'Only one space: its hash, or the beginning of it (see --describe).'}),
    sql: string({description: `A query in SQL that only reads; it stands in place of --${asked.join(', --')}.`, helpValue: 'QUERY'}),
    format: option({description: 'Form of the rows; the ending of --out says it too.', options: formats})(),
    out: string({description: 'File to write the rows to.', helpValue: 'FILE'}),
    describe: boolean({description: 'Say what the store holds, and nothing else.'}),
  }

  async run(): Promise<QueryResult | ExportResult | StoreDescription> {
    const {args, flags} = await this.parse(Query)
    refuseTogether(flags, alone)
    const {describeStore} = await import('../store/read-only-sql.js')
    const {openStore} = await import('../store/store.js')
    const {findStore} = await import('../study/find-store.js')
    const {queryStore, takenAnswer} = await import('../study/query-store.js')
    const {pointsText, storeText} = await import('../view/query-view.js')
    const store = openStore(findStore(args.store), {mode: 'read'})
    try {
      if (flags.describe) {
        const described = describeStore(store)
        this.log(storeText(described))
        return described
      }
      const format = exportFormatOf(flags.format, flags.out)
      if (format !== undefined && !(this.jsonEnabled() && flags.out === undefined))
        return await this.#exported(queryStore(store, flags), format, flags.out)
      const limit = flags.limit ?? shownCount
      const taken = takenAnswer(store, flags, limit, !this.jsonEnabled())
      this.log(pointsText(taken, flags.sql !== undefined))
      return taken
    } finally {
      store.close()
    }
  }

  async #exported(answer: StoreAnswer, format: ExportFormat, file: string | undefined): Promise<ExportResult> {
    const {exportPoints} = await import('../store/export.js')
    const {rowCount} = await exportPoints(answer, format, file === undefined ? {stream: process.stdout} : {file})
    if (file !== undefined) this.log(`${counted(rowCount, 'row')} in ${file}`)
    return {format, rowCount, file: file ?? null}
  }
}
