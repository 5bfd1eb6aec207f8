import {string as stringArgument} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {BaseCommand} from '../../cli/base-command.js'
import type {TimeloopImport} from '../../timeloop/import-timeloop.js'

export default class ImportTimeloop extends BaseCommand {
  static override summary = 'Turn inputs of Timeloop into an accelerator, a problem, a mapping and a strategy.'
  static override description =
    'Files are told apart by their top keys: architecture, problem, mapping, ERT, architecture_constraints, mapspace and their like, of versions 0.2 to 0.4. What cannot be said here is refused with its place. The mapping counts as Timeloop 3.0.3 does.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> arch.yaml problem.yaml mapping.yaml ert.yaml --out eyeriss',
    '<%= config.bin %> map --accelerator eyeriss/accelerator.yaml --problem eyeriss/problem.yaml --mapping eyeriss/mapping.yaml',
  ]
  static override strict = false
  static override args = {files: stringArgument({description: 'Files of one design, in any order.', required: true})}
  static override flags = {out: string({description: 'Folder for the files that are made.', required: true})}

  async run(): Promise<TimeloopImport> {
    const {argv, flags} = await this.parse(ImportTimeloop)
    const {importTimeloop} = await import('../../timeloop/import-timeloop.js')
    const imported = importTimeloop(argv.map(String), flags.out)
    for (const file of imported.files) this.log(file)
    for (const {what, reason} of imported.ignored) this.log(`left out: ${what} (${reason})`)
    return imported
  }
}
