import {option, string} from '@oclif/core/flags'
import type {Hierarchy} from '../accelerator/hierarchy.js'
import {loadHierarchy} from '../accelerator/load-hierarchy.js'
import {assignments} from '../cli/assignments.js'
import {BaseCommand} from '../cli/base-command.js'
import {quantityFlag} from '../cli/quantity-flag.js'
import {dtypes} from '../foundation/dtype.js'
import {exitCodes} from '../foundation/user-error.js'
import {loadMapping, writeMapping} from '../mapping/load-mapping.js'
import {chosenConstraints} from '../search/choose-strategy.js'
import {defaultEvaluationCount, type SearchProgress} from '../search/find-mapping.js'
import type {MappedChain} from '../search/mapped-chain.js'
import {givenMapping, type MappingAnswer, type MapResult, searchedMapping} from '../search/mapped-search.js'
import {countingNames} from '../spec/schemas/problem-shapes.js'
import {shownChain} from '../view/chain-view.js'
import {figureFileFlag} from '../view/figure-flag.js'
import {drawMapping, mapText, outcomeText} from '../view/map-view.js'
import {type SearchFlags, searchFlags, workerCount} from '../view/search-flags.js'
import {loadWork} from '../workload/load-chain.js'
import type {Problem} from '../workload/problem.js'

export default class MapProblem extends BaseCommand {
  static override summary = 'Map a problem onto the memory hierarchy of an accelerator.'
  static override description =
    'Searches for the best mapping, or evaluates one as it stands, and prints it as a loop nest with what moves at each level. A mapping that does not fit is told with the smallest changes that would.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --accelerator eyeriss --problem alexnet-conv2 --objective edp',
    '<%= config.bin %> <%= command.id %> --accelerator eyeriss --problem alexnet-conv2 --strategy row-stationary --write mapping.yaml',
    '<%= config.bin %> <%= command.id %> --accelerator levels.yaml --problem conv1d --mapping mapping.yaml',
  ]
  static override flags = {
    accelerator: string({char: 'a', description: 'Name or file of an accelerator, or a file of levels alone.', required: true}),
    problem: string({char: 'p', description: 'Name or file of a problem.', required: true}),
    mapping: string({
      description: 'Evaluate this mapping as it stands.',
      helpValue: 'FILE',
      exclusive: ['strategy', 'budget', 'workers', 'write'],
    }),
    counting: option({
      description: 'Count windows and cycles as another tool does, in place of as hardware runs.',
      options: countingNames,
    })(),
    ...searchFlags,
    write: string({description: 'Write the mapping found, for --mapping.', helpValue: 'FILE'}),
    figure: figureFileFlag('Also draw the traffic of each level, to a file that ends in .svg, .png or .pdf.'),
    roofline: figureFileFlag('Also draw the roofs of the levels with the mapping under them, to such a file.'),
    dtype: option({description: 'Format of the problem in place of the file’s.', options: dtypes})(),
    unit: string({description: 'Unit that multiplies; the matrix unit of the format by default.'}),
    clock: quantityFlag('hertz', 'Clock; the highest by default.'),
    set: string({description: 'A parameter, or a field by its path, in place of the file’s.', helpValue: 'KEY=VALUE', multiple: true}),
  }

  async run(): Promise<MapResult | MappedChain> {
    const {flags} = await this.parse(MapProblem)
    const work = loadWork(flags.problem, {dtype: flags.dtype, counting: flags.counting})
    const choice = {dtype: work.dtype, unit: flags.unit, clockHertz: flags.clock, set: assignments(flags.set)}
    const hierarchy = loadHierarchy(flags.accelerator, choice)
    if (work.kind === 'chain') return shownChain(work.chain, hierarchy, flags, {log: (text) => this.log(text), colours: this.colours})
    const {problem} = work
    const given = flags.mapping === undefined ? undefined : loadMapping(flags.mapping, problem, hierarchy)
    const {nest, result} = given === undefined ? await this.#search(problem, hierarchy, flags) : givenMapping(given, problem, hierarchy)
    this.log(mapText(result, {nest, problem, hierarchy}, this.colours))
    if (flags.write !== undefined) writeMapping(flags.write, result)
    if (!result.fits) process.exitCode = exitCodes.infeasible
    else await drawMapping(result, problem, hierarchy, flags)
    return result
  }

  async #search(problem: Problem, hierarchy: Hierarchy, flags: SearchFlags): Promise<MappingAnswer> {
    const constraints = chosenConstraints(flags.strategy, problem, hierarchy)
    const {objective: aim, budget = {evaluationCount: defaultEvaluationCount}} = flags
    const progress = await this.startProgress({noun: 'mappings', totalCount: budget.evaluationCount})
    const onProgress = ({best, effort}: SearchProgress): void =>
      progress.update(effort.evaluatedCount + effort.boundedCount, best && `best ${outcomeText(best)}`)
    const options = {aim, budget, seed: flags.seed, threadCount: workerCount(flags.workers), signal: this.interrupted, onProgress}
    const answer = await searchedMapping({problem, hierarchy, constraints, strategy: flags.strategy, options})
    progress.stop()
    return answer
  }
}
