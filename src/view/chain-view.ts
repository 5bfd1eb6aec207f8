import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Palette} from '../cli/colour.js'
import {formatTable} from '../cli/table.js'
import {formatCapacity, formatPercent, formatQuantity} from '../cli/text.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {ChainAnalysis} from '../mapping/chain-analysis.js'
import {type MappedChain, mappedChain} from '../search/mapped-chain.js'
import type {Chain} from '../workload/chain.js'
import {blocks, factLines} from './layout.js'
import type {SearchFlags} from './search-flags.js'

interface ChainFlags extends SearchFlags {
  readonly mapping?: string | undefined
  readonly write?: string | undefined
  readonly figure?: string | undefined
  readonly roofline?: string | undefined
  readonly imperfect?: boolean | undefined
}

/** Maps a chain and shows it; what is asked that only single problems have is refused. */
export function shownChain(
  chain: Chain,
  hierarchy: Hierarchy,
  flags: ChainFlags,
  out: {readonly log: (text: string) => void; readonly colours: Palette},
): MappedChain {
  const asked = (['mapping', 'write', 'figure', 'roofline', 'imperfect'] as const).find((flag) => flags[flag] !== undefined)
  if (asked !== undefined)
    throw new UserError(`--${asked} is for single problems, and ${chain.name} is a chain`, {
      code: 'USAGE',
      suggestions: [`leave --${asked} out`, 'choose how the chain runs: --strategy flash-attention, fused or unfused'],
      exitCode: exitCodes.usage,
    })
  const mapped = mappedChain(chain, hierarchy, flags.strategy, flags.objective)
  out.log(chainText(mapped, hierarchy, out.colours))
  if (!mapped.fits) process.exitCode = exitCodes.infeasible
  return mapped
}

/** A mapped chain for a person: its blocks, what each level moves of each tensor and for whom, and what it costs; or what does not fit. */
export function chainText(mapped: MappedChain, hierarchy: Hierarchy, colours: Palette): string {
  const sizes = Object.entries(mapped.blockSizes).map(([name, size]) => `${name} ${size}`)
  const head = `${colours.bold(mapped.problem)} on ${colours.bold(mapped.accelerator)}, ${mapped.strategy}: blocks of ${sizes.join(', ')}`
  if (mapped.fits) return blocks(head, trafficTable(mapped), memberTable(mapped), facts(mapped, hierarchy, colours))
  const misfits = mapped.misfits.map(({level, usedBytes, capacityBytes, overBytes, tensors}) => {
    const held = tensors.map(({name, tileBytes}) => `${formatQuantity(tileBytes, 'B')} of ${name}`)
    return `${level} holds ${formatCapacity(capacityBytes)}, but ${formatQuantity(usedBytes, 'B')} are kept there, ${formatQuantity(overBytes, 'B')} over: ${held.join(', ')}`
  })
  return blocks(head, colours.red('does not fit'), ...misfits)
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

function facts(mapped: ChainAnalysis, {arithmetic, hertz}: Hierarchy, colours: Palette): string {
  const {cycles, boundBy, latencySeconds, energyJoules, utilizationRatio, groupCount, blockCount, fusedAt} = mapped
  return factLines(
    [
      ['fused at', `${fusedAt}, ${formatQuantity(blockCount, '')} blocks in ${formatQuantity(groupCount, '')} groups`],
      ['cycles', `${formatQuantity(cycles, '')}, bound by ${boundBy}`],
      ['latency', `${formatQuantity(latencySeconds, 's')} at ${formatQuantity(hertz, 'Hz')}`],
      ['energy', formatQuantity(energyJoules, 'J')],
      ['utilization', `${formatPercent(utilizationRatio)} of ${arithmetic.instanceCount / arithmetic.cyclesPerStep} multiply-adds a cycle`],
    ],
    colours,
  )
}
