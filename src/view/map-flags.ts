import {boolean, option, string} from '@oclif/core/flags'
import {quantityFlag} from '../cli/quantity-flag.js'
import {dtypes} from '../foundation/dtype.js'
import {countingNames} from '../spec/schemas/problem-shapes.js'
import {failAboveFlag} from './fail-above-flag.js'
import {figureFileFlag} from './figure-flag.js'
import {machineFlags} from './machine-flags.js'
import {fusionFlag} from './mapping-flags.js'
import {passFlags} from './pass-flags.js'
import {searchFlags} from './search-flags.js'

/** Flags that leave no room for others. */
export const mapAlone = {mapping: ['strategy', 'budget', 'workers', 'imperfect', 'write'], model: ['imperfect']} as const

/** Flags that only say something beside another one. */
function beside<Flags extends Readonly<Record<string, object>>>(flags: Flags, flag: string): Flags {
  return Object.fromEntries(Object.entries(flags).map(([name, each]) => [name, {...each, dependsOn: [flag]}])) as unknown as Flags
}

const {fidelity, set, ...ofModels} = machineFlags

/** Flags of a pass over a model, where a model may be named. */
const passOfModelFlags = beside({...passFlags, ...ofModels}, 'model')

/** The flags of `map`: of a problem, and of a model whose products are mapped one by one. */
export const mapFlags = {
  ...passOfModelFlags,
  ...beside({fusion: fusionFlag}, 'model'),
  accelerator: string({char: 'a', description: 'Name or file of an accelerator, or a file of levels alone.', required: true}),
  problem: string({char: 'p', description: 'Name or file of a problem.', exactlyOne: ['problem', 'model']}),
  model: string({
    char: 'm',
    description: 'A model in place of a problem: maps each distinct product of a pass over it, as eval --fidelity mapped does.',
    exclusive: ['mapping', 'counting', 'seed', 'workers', 'write', 'figure', 'roofline', 'unit'],
  }),
  mapping: string({description: 'Evaluate this mapping as it stands.', helpValue: 'FILE'}),
  imperfect: boolean({description: 'Also look at counts that do not divide what they split; the last turn of such a loop is shorter.'}),
  counting: option({
    description: 'Count windows and cycles as another tool does, in place of as hardware runs.',
    options: countingNames,
  })(),
  ...searchFlags,
  'fail-above': failAboveFlag,
  write: string({description: 'Write the mapping found, for --mapping.', helpValue: 'FILE'}),
  figure: figureFileFlag('Also draw the traffic of each level, to a file that ends in .svg, .png or .pdf.'),
  roofline: figureFileFlag('Also draw the roofs of the levels with the mapping under them, to such a file.'),
  dtype: option({description: 'Format of the problem or pass, in place of the file’s.', options: dtypes})(),
  unit: string({description: 'Unit that multiplies; the matrix unit of the format by default.'}),
  clock: quantityFlag('hertz', 'Clock; the highest by default.'),
  set,
}

/** The flags of `map compare`: of a problem, and of a model, ways to run which are written as arguments. */
export const compareFlags = {
  ...passOfModelFlags,
  accelerator: mapFlags.accelerator,
  problem: mapFlags.problem,
  model: string({
    char: 'm',
    description: 'A model in place of a problem: compare ways to run a pass over it.',
    exclusive: ['unit', 'figure'],
  }),
  ...beside({fidelity}, 'model'),
  objective: searchFlags.objective,
  seed: searchFlags.seed,
  budget: searchFlags.budget,
  workers: searchFlags.workers,
  'fail-above': failAboveFlag,
  figure: figureFileFlag('Also draw energy and traffic of each by level, to a file that ends in .svg, .png or .pdf.'),
  dtype: mapFlags.dtype,
  unit: mapFlags.unit,
  clock: mapFlags.clock,
  set,
}
