import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Palette} from '../cli/colour.js'
import {formatTable} from '../cli/table.js'
import {formatCapacity, formatDuration, formatPercent, formatQuantity} from '../cli/text.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {ChainAnalysis} from '../mapping/chain-analysis.js'
import {type MappedChain, mappedChain} from '../search/mapped-chain.js'
import {type Chain, chainTensors} from '../workload/chain.js'
import {drawFigure} from './figure-flag.js'
import {blocks, factLines} from './layout.js'
import type {Watched} from './search-flags.js'

/** Flags of a mapping that only single problems have. */
const singleFlags = ['mapping', 'write', 'roofline', 'imperfect', 'fail-above'] as const
type ChainFlags = {readonly [Flag in (typeof singleFlags)[number]]?: unknown} & {
  readonly figure?: string | undefined
  readonly strategy?: string | undefined
}

interface ChainOutput {
  readonly log: (text: string) => void
  readonly colours: Palette
  readonly watch: () => Promise<Watched>
}

/** Maps a chain, shows it, and draws the traffic of each level where a file for it is named. */
export async function shownChain(chain: Chain, hierarchy: Hierarchy, flags: ChainFlags, out: ChainOutput): Promise<MappedChain> {
  refuseSingleFlags(chain, flags)
  const {options, show, stop} = await out.watch()
  const mapped = await mappedChain(chain, hierarchy, flags.strategy, {...options, onProgress: show})
  stop()
  out.log(chainText(mapped, hierarchy, out.colours))
  if (!mapped.fits) process.exitCode = exitCodes.infeasible
  else if (flags.figure !== undefined) {
    const energyJoules = mapped.arithmeticJoules + mapped.elementJoules
    const drawn = {...mapped, arithmetic: {name: hierarchy.arithmetic.name, energyJoules}}
    const tensors = chainTensors(chain).map(({tensor}) => tensor)
    await drawFigure(flags.figure, ({trafficFigure}) => trafficFigure(drawn, {tensors}))
  }
  return mapped
}

function refuseSingleFlags({name}: Chain, flags: ChainFlags): void {
  const asked = singleFlags.find((flag) => flags[flag] !== undefined)
  if (asked === undefined) return
  throw new UserError(`--${asked} is for single problems, and ${name} is a chain`, {
    code: 'USAGE',
    suggestions: [`leave --${asked} out`, 'or write one of its members in a problem file of its own'],
    exitCode: exitCodes.usage,
  })
}

/** A mapped chain for a person: its blocks, what each level moves of each tensor and for whom, and what it costs; or what does not fit. */
function chainText(mapped: MappedChain, hierarchy: Hierarchy, colours: Palette): string {
  const sizes = Object.entries(mapped.blockSizes).map(([name, size]) => `${name} ${size}`)
  const head = `${colours.bold(mapped.problem)} on ${colours.bold(mapped.accelerator)}, ${mapped.strategy}: blocks of ${sizes.join(', ')}`
  if (mapped.fits) return blocks(head, trafficTable(mapped), memberTable(mapped), facts(mapped, hierarchy, colours))
  const misfits = mapped.misfits.map(({level, usedBytes, capacityBytes, overBytes, tensors}) => {
    const held = tensors.map(({name, tileBytes}) => `${formatQuantity(tileBytes, 'B')} of ${name}`)
    return `${level} holds ${formatCapacity(capacityBytes)}, but ${formatQuantity(usedBytes, 'B')} are kept there, ${formatQuantity(overBytes, 'B')} over: ${held.join(', ')}`
  })
  const room = mapped.misfits.map(({level, usedBytes}) => `give ${level} ${Math.ceil(usedBytes)} B`).join(' and ')
  const other = mapped.strategy === 'unfused' ? '' : ', or run its members one by one: --strategy unfused'
  return blocks(head, colours.red('does not fit'), ...misfits, `${room}${other}`)
}

/** Words of all instances. */
function trafficTable({levels, energyJoules}: ChainAnalysis): string {
  const rows = levels.flatMap(({name, instances, tensors}) =>
    tensors
      .filter(({reads, fills, updates}) => reads + fills + updates > 0)
      .map((tensor, index) => ({...tensor, level: index === 0 ? name : '', instances})),
  )
  type Row = (typeof rows)[number]
  const words = (header: string, count: (row: Row) => number) => ({
    header,
    cell: (row: Row) => formatQuantity(row.instances * count(row), ''),
    align: 'right' as const,
  })
  return formatTable<Row>(
    [
      {header: 'level', cell: ({level}) => level, align: 'left'},
      {header: 'tensor', cell: ({name}) => name, align: 'left'},
      words('reads', ({reads}) => reads),
      words('fills', ({fills}) => fills),
      words('updates', ({updates}) => updates),
      {header: 'energy', cell: (row) => formatQuantity(row.instances * row.energyJoules, 'J'), align: 'right'},
      {header: 'share', cell: (row) => formatPercent((row.instances * row.energyJoules) / energyJoules), align: 'right', dropOrder: 1},
    ],
    rows,
  )
}

/** What each member works on, and moves through the outermost level. */
function memberTable({members}: ChainAnalysis): string {
  return formatTable(
    [
      {header: 'member', cell: ({name}) => name, align: 'left'},
      {header: 'points', cell: ({pointCount}) => formatQuantity(pointCount, ''), align: 'right'},
      {header: `through ${members[0]!.levels[0]!.name}`, cell: ({levels}) => formatQuantity(levels[0]!.trafficBytes, 'B'), align: 'right'},
    ],
    members,
  )
}

function facts(mapped: MappedChain & ChainAnalysis, {arithmetic, hertz}: Hierarchy, colours: Palette): string {
  const {cycles, boundBy, latencySeconds, energyJoules, utilizationRatio, groupCount, blockCount, fusedAt, strategy, search} = mapped
  return factLines(
    [
      strategy === 'unfused'
        ? ['members', 'one by one, each in the best mapping found of it alone']
        : ['fused at', `${fusedAt}, ${formatQuantity(blockCount, '')} blocks in ${formatQuantity(groupCount, '')} groups`],
      ['cycles', `${formatQuantity(cycles, '')}, bound by ${boundBy}`],
      ['latency', `${formatQuantity(latencySeconds, 's')} at ${formatQuantity(hertz, 'Hz')}`],
      ['energy', formatQuantity(energyJoules, 'J')],
      ['utilization', `${formatPercent(utilizationRatio)} of ${arithmetic.instanceCount / arithmetic.cyclesPerStep} multiply-adds a cycle`],
      ['search', searchText(search)],
    ],
    colours,
  )
}

function searchText({objective, evaluatedCount, wallSeconds, wasInterrupted}: MappedChain['search']): string {
  const alone = evaluatedCount === 0 ? [] : [`${formatQuantity(evaluatedCount, '')} mappings of members alone`]
  const parts = [`the best in ${objective}`, ...alone, ...(wasInterrupted ? ['stopped by Ctrl-C'] : [])]
  return `${parts.join('; ')}; ${formatDuration(wallSeconds)}`
}
