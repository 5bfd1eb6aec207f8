import {workerData} from 'node:worker_threads'
import {answerRequests} from '../foundation/thread.js'
import {UserError} from '../foundation/user-error.js'
import {type BatchComputer, batchComputer, type Task} from './batch.js'
import {loadStudy} from './study.js'
import {differingPins, studyPins} from './study-pins.js'
import type {ComputedRows, TeamData} from './team.js'

const {file, asked, pins} = workerData as TeamData
let compute: BatchComputer | undefined

/** Reads the study as the thread that swept it did, or refuses: half of the points would be another study's. */
function computer(): BatchComputer {
  const study = loadStudy(file, asked)
  if (differingPins(pins, studyPins(study)).length === 0) return batchComputer(study)
  throw new UserError(`${file}, or a file that it names, has changed since this run began`, {
    code: 'STUDY_CHANGED',
    suggestions: ['run the same command again'],
  })
}

answerRequests<{readonly task: Task; readonly memory: ArrayBuffer}, ComputedRows>(({task, memory}) => {
  compute ??= computer()
  const startSeconds = performance.now() / 1000
  const {points, askedCount} = compute(task, memory)
  return {result: {memory, rowCount: points.rowCount, askedCount, seconds: performance.now() / 1000 - startSeconds}, moved: [memory]}
})
