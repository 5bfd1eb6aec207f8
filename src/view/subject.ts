import {nameHints} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {resolveFile, shippedNames} from '../spec/catalogue.js'
import {YamlSource} from '../spec/yaml-source.js'
import {resolveModelName} from '../workload/aliases.js'

/** What a name on the command line can mean. */
export const subjectKinds = ['accelerator', 'model'] as const
export type SubjectKind = (typeof subjectKinds)[number]

/** Whether a name or file means an accelerator or a model; `asked` settles it where it is both. */
export function subjectKind(nameOrFile: string, asked: SubjectKind | undefined): SubjectKind {
  if (asked !== undefined) return asked
  const [written = ''] = nameOrFile.split('#')
  const isAccelerator = shippedNames('accelerator').includes(written)
  const isModel = shippedNames('model').includes(written) || resolveModelName(written) !== undefined
  if (isAccelerator && isModel)
    throw new UserError(`"${written}" is an accelerator and a model`, {
      code: 'AMBIGUOUS_NAME',
      suggestions: subjectKinds.map((kind) => `add --kind ${kind}`),
    })
  if (isAccelerator) return 'accelerator'
  if (isModel) return 'model'
  if (/[\\/]|\.(ya?ml|json|csv)$/i.test(written)) return kindOfFile(written)
  throw new UserError(`"${written}" is neither a shipped accelerator nor a shipped model`, {
    code: 'UNKNOWN_NAME',
    suggestions: nameHints(written, [...shippedNames('accelerator'), ...shippedNames('model')]),
  })
}

/** Only an accelerator describes units, clocks or levels, or extends another file. */
function kindOfFile(written: string): SubjectKind {
  const file = resolveFile('accelerator', written)
  if (/\.(csv|json)$/i.test(file)) return 'model'
  const {data} = YamlSource.read(file)
  const isMap = typeof data === 'object' && data !== null
  return isMap && ['units', 'clocks', 'extends', 'levels'].some((key) => Object.hasOwn(data, key)) ? 'accelerator' : 'model'
}
