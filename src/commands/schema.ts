import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.js'
import {unknownName} from '../foundation/nearest-name.js'
import type {JsonSchema} from '../spec/check-schema.js'
import {isSchemaName, schemaNames, schemas} from '../spec/schemas/table.js'

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a kind of file.'
  static override description = 'An editor that knows YAML completes and checks a file whose schema it is given.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> accelerator',
    '<%= config.bin %> <%= command.id %> accelerator > accelerator.schema.json',
  ]
  static override args = {
    kind: string({description: `Which schema: ${schemaNames.join(', ')}.`, required: true}),
  }

  async run(): Promise<JsonSchema> {
    const {args} = await this.parse(Schema)
    if (!isSchemaName(args.kind)) throw unknownName('schema', args.kind, schemaNames)
    const schema = await schemas[args.kind]()
    this.log(JSON.stringify(schema, null, 2))
    return schema
  }
}
