import {integer} from '@oclif/core/flags'

/** `--workers`, of every command that computes points. */
export const workersFlag = integer({
  description: 'Threads that compute points; all cores by default, where a study is long enough. The points do not depend on them.',
  min: 1,
})
