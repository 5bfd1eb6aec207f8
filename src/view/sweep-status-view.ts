import {formatTable, type TableColumn} from '../cli/table.js'
import {counted, formatDuration, formatPercent, formatRate, nothing} from '../cli/text.js'
import type {SubmittedSweep} from '../cluster/submit-sweep.js'
import {type ShardStatus, type SweepStatus, shardStates, wantingStates, wayToMissing} from '../cluster/sweep-status.js'

/** How far a shared sweep is, for a person: points, shards by state, the shards to look at, and what to do next. */
export function sweepStatusText(status: SweepStatus): string {
  const {study, folder, states, shards, shardCount} = status
  const shown = shards.filter(({state}) => state === 'running' || wantingStates.has(state))
  return [
    `${study} in ${folder}: ${states.done} of ${counted(shardCount, 'shard')} done`,
    pointsText(status),
    shardStates.map((state) => `${state} ${states[state]}`).join(' · '),
    ...waitingLines(shards),
    ...(shown.length === 0 ? [] : ['', formatTable(columns, shown.slice(0, mostRows))]),
    ...(shown.length > mostRows ? [`and ${shown.length - mostRows} more; --json has them all`] : []),
    '',
    ...(status.isQueueKnown || states.done === shardCount ? [] : ['no queue to ask here: a shard that began counts as running']),
    mergeText(status),
    ...nextLines(status),
  ].join('\n')
}

/** What a command submitted, for a person, and how to watch it. */
export function submittedText({folder, pointCount, shardCount, shardIndices, arrays, mergeJobId, before}: SubmittedSweep): string {
  if (shardIndices.length === 0 && mergeJobId === null) return `nothing is missing\n\n${sweepStatusText(before)}`
  const taskCount = arrays.reduce((sum, {tasks}) => sum + tasks.length, 0)
  const [first] = arrays
  const head =
    shardIndices.length === 0
      ? 'every shard is done or in the queue'
      : `${shardIndices.length} of ${counted(shardCount, 'shard')} (${counted(pointCount, 'point')} in all) submitted as ${counted(taskCount, 'task')} of ${counted(arrays.length, 'array')}`
  return [
    head,
    ...arrays.map(({jobId, tasks}) => `  job ${jobId}: ${counted(tasks.length, 'task')}`),
    ...(mergeJobId === null ? [] : [`  job ${mergeJobId}: joins the shards once they are done, into ${folder}/points.db`]),
    '',
    `watch it:  ridge sweep status ${folder}`,
    ...(first === undefined
      ? []
      : [
          `logs:      ${folder}/logs`,
          `stop it:   scancel ${[...arrays.map(({jobId}) => jobId), ...(mergeJobId === null ? [] : [mergeJobId])].join(' ')}`,
        ]),
  ].join('\n')
}

const mostRows = 20

const columns: readonly TableColumn<ShardStatus>[] = [
  {header: 'shard', cell: ({shardIndex}) => String(shardIndex)},
  {header: 'state', cell: ({state}) => state, align: 'left'},
  {header: 'points', cell: ({doneCount, pointCount}) => `${doneCount} of ${pointCount}`, align: 'left'},
  {header: 'rate', cell: ({pointsPerSecond}) => (pointsPerSecond === null ? nothing : formatRate(pointsPerSecond, 'points')), dropOrder: 1},
  {header: 'task', cell: ({task}) => task ?? nothing, align: 'left'},
  {header: 'Slurm', cell: ({reason}) => reason ?? nothing, align: 'left', dropOrder: 2},
  {header: 'last words', cell: ({lastWords}) => lastWords ?? '', align: 'left'},
]

function pointsText({doneCount, pointCount, pointsPerSecond, remainingSeconds}: SweepStatus): string {
  const parts = [formatPercent(pointCount === 0 ? 1 : doneCount / pointCount), `${doneCount} of ${counted(pointCount, 'point')}`]
  if (pointsPerSecond !== null) parts.push(formatRate(pointsPerSecond, 'points'))
  if (remainingSeconds !== null) parts.push(`${formatDuration(remainingSeconds)} left`)
  return parts.join(' · ')
}

/** Why shards wait: some of Slurm's reasons never pass. */
function waitingLines(shards: readonly ShardStatus[]): readonly string[] {
  const reasons = shards.flatMap(({state, reason}) => (state === 'pending' && reason !== null && reason !== 'RUNNING' ? [reason] : []))
  const said = [...new Set(reasons)].map((reason) => `${reason} (${reasons.filter((other) => other === reason).length})`)
  return said.length === 0 ? [] : [`why they are pending, in Slurm's words: ${said.join(', ')}`]
}

function mergeText({merge: {state, jobId, points, lastWords}}: SweepStatus): string {
  if (state === 'done') return `joined in ${points}`
  if (jobId === null) return 'not joined yet'
  if (state === 'pending') return `job ${jobId} joins the shards once they are done`
  return state === 'running'
    ? `job ${jobId} joins the shards now`
    : `job ${jobId} could not join the shards: ${lastWords ?? 'it left no log'}`
}

function nextLines(status: SweepStatus): readonly string[] {
  const {folder, states, merge, shards, shardCount} = status
  const isQueued = merge.jobId !== null || shards.some(({task}) => task !== null)
  const wanted = shards.find(({state}) => wantingStates.has(state))
  const isUnjoined = isQueued ? merge.state === 'failed' && states.running + states.pending === 0 : merge.state === 'missing'
  if (wanted !== undefined || (isQueued && isUnjoined)) return [wayToMissing(folder, status, wanted?.shardIndex ?? 1, isQueued)]
  return isUnjoined && states.done === shardCount ? [`join them: ridge store merge ${merge.points} ${folder}/shards/*.db`] : []
}
