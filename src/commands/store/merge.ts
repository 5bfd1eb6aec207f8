import {string} from '@oclif/core/args'
import {BaseCommand} from '../../cli/base-command.js'
import {counted} from '../../cli/text.js'

export interface StoreMergeResult {
  readonly target: string
  readonly sources: readonly string[]
  readonly spaceCount: number
  readonly readCount: number
  readonly addedCount: number
}

export default class StoreMerge extends BaseCommand {
  static override summary = 'Add the points of other stores to one store.'
  static override description =
    'Points are the same where their space and axis values are; what the target holds already stays as it is. The target is made where there is none.'
  static override examples = ['<%= config.bin %> <%= command.id %> all.db monday.db tuesday.db']
  static override usage = '<%= command.id %> TARGET SOURCES... [--json]'
  static override strict = false
  static override args = {
    target: string({description: 'Store that takes the points.', required: true}),
    sources: string({description: 'Stores to read, one or more.', required: true}),
  }

  async run(): Promise<StoreMergeResult> {
    const {args, argv} = await this.parse(StoreMerge)
    const {mergeStoreFiles} = await import('../../store/merge.js')
    const {target} = args
    const sources = argv.slice(1).map(String)
    const merged = mergeStoreFiles(target, sources)
    this.log(
      `${merged.addedCount} of ${counted(merged.readCount, 'point')} in ${counted(merged.spaceCount, 'space')} ${merged.addedCount === 1 ? 'is' : 'are'} new in ${target}`,
    )
    return {target, sources, ...merged}
  }
}
