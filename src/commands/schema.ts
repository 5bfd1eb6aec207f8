import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.js'
import {unknownName} from '../foundation/nearest-name.js'
import type {JsonSchema} from '../spec/check-schema.js'
import {schemas} from '../spec/schemas/table.js'

/** Of descriptions, and of the rows of measured files. */
const kinds: Readonly<Record<string, () => Promise<JsonSchema>>> = {
  ...schemas,
  trace: async () => (await import('../trace/trace-schema.js')).traceSchema,
}
const kindNames = Object.keys(kinds)

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a kind of file.'
  static override description =
    'An editor that knows YAML completes and checks a file whose schema it is given. That of a trace lists the columns of the CSV files that ridge validate reads, with their units.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> accelerator',
    '<%= config.bin %> <%= command.id %> accelerator > accelerator.schema.json',
    '<%= config.bin %> <%= command.id %> trace',
  ]
  static override args = {
    kind: string({description: `Which schema: ${kindNames.join(', ')}.`, required: true}),
  }

  async run(): Promise<JsonSchema> {
    const {args} = await this.parse(Schema)
    const schemaOf = Object.hasOwn(kinds, args.kind) ? kinds[args.kind] : undefined
    if (schemaOf === undefined) throw unknownName('schema', args.kind, kindNames)
    const schema = await schemaOf()
    this.log(JSON.stringify(schema, null, 2))
    return schema
  }
}
