/** What the scripts of a shared sweep need to know. */
export interface ScriptSettings {
  /** Words of a shell that run ridge on a node. */
  readonly ridge: string
  readonly studyFile: string
  readonly fidelity: string | null
  readonly workerCount: number
  readonly shardCount: number
  readonly folder: string
}

/** A text as one word of a shell, whatever stands in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Several texts as a line of a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/** The script of an array whose task `i` runs the `i`th group of shards, in turn; one that fails does not keep the others of its task. */
export function arrayScript(settings: ScriptSettings, tasks: readonly (readonly number[])[]): string {
  const {ridge, studyFile, fidelity, workerCount, shardCount, folder} = settings
  const asked = fidelity === null ? [] : ['--fidelity', fidelity]
  const sweep = ['sweep', studyFile, ...asked, '--workers', String(workerCount)]
  return `#!/bin/bash
# Each line is a task of the array: the shards that it runs.
tasks=(
${tasks.map((shards) => `  ${shellWord(shards.join(' '))}`).join('\n')}
)
ridge() { ${ridge} "$@"; }

status=0
for shard in \${tasks[SLURM_ARRAY_TASK_ID]}; do
  ridge ${shellLine(sweep)} --shard "$shard/${shardCount}" --out ${shellWord(folder)} || status=$?
done
exit $status
`
}

/** Stores that one merge opens: far from the 1024 files that a process may hold open on most machines. */
const storesAtOnce = 100

/** The script that joins all shards once they are complete; run again after a failure, it goes on. */
export function mergeScript({ridge, folder}: Pick<ScriptSettings, 'ridge' | 'folder'>): string {
  return `#!/bin/bash
set -euo pipefail
ridge() { ${ridge} "$@"; }

cd ${shellWord(folder)}
ridge sweep status . --complete
stores=(shards/shard-*.db)
for ((first = 0; first < \${#stores[@]}; first += ${storesAtOnce})); do
  ridge store merge points.draft.db "\${stores[@]:first:${storesAtOnce}}"
done
mv points.draft.db points.db
`
}
