import {otherTurns} from '../foundation/other-turns.js'
import {startThread} from '../foundation/thread.js'
import type {Candidate} from './best.js'
import {type Task, type Unit, type UnitResult, type Workshop, workshopOf} from './workshop.js'

/** Does the units of a round on some threads; results in the order of the units, whichever thread did them. */
export interface Crew {
  readonly round: (units: readonly Unit[], known: readonly Candidate[]) => Promise<UnitResult[]>
  /** Ends the units under way as soon as they look. */
  readonly stop: () => void
  readonly isStopped: () => boolean
  readonly dismiss: () => Promise<void>
}

/** What a thread is started with. */
export interface CrewData {
  readonly task: Task
  readonly stopped: Int32Array
  readonly deadlineMilliseconds: number
}

/** What a thread is asked. */
export interface UnitRequest {
  readonly unit: Unit
  readonly known: readonly Candidate[]
}

/** A crew of so many threads, or as many as a round has work for; one works right here. Times are of the clock that `Date.now` reads. */
export function crewOf(task: Task, threadCount: number, deadlineMilliseconds: number): Crew {
  const stopped = new Int32Array(new SharedArrayBuffer(4))
  const data: CrewData = {task, stopped, deadlineMilliseconds}
  const stop = (): void => {
    Atomics.store(stopped, 0, 1)
  }
  const isStopped = endOf(data)
  const members: Member[] = threadCount > 1 ? [] : [localMember(data)]
  const round: Crew['round'] = async (units, known) => {
    const results = new Array<UnitResult>(units.length)
    let next = 0
    while (members.length < Math.min(threadCount, units.length)) members.push(threadMember(data))
    await Promise.all(
      members.map(async ({ask}) => {
        while (next < units.length) {
          const index = next++
          results[index] = await ask({unit: units[index]!, known})
        }
      }),
    )
    return results
  }
  const dismiss = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.leave()))
  }
  return {round, stop, isStopped, dismiss}
}

/** Whether a crew's work is to end: it was stopped, or its time is over. */
export function endOf({stopped, deadlineMilliseconds}: CrewData): () => boolean {
  return () => Atomics.load(stopped, 0) !== 0 || Date.now() >= deadlineMilliseconds
}

interface Member {
  readonly ask: (request: UnitRequest) => Promise<UnitResult>
  readonly leave: () => Promise<unknown>
}

/** Between units it lets what waits have its turn: an interrupt, or a line of progress. */
function localMember(data: CrewData): Member {
  let workshop: Workshop | undefined
  return {
    ask: async ({unit, known}) => {
      await otherTurns()
      workshop ??= workshopOf(data.task)
      return workshop(unit, known, endOf(data))
    },
    leave: async () => undefined,
  }
}

function threadMember(data: CrewData): Member {
  const {ask, end} = startThread<UnitRequest, UnitResult>('search/search-thread.js', {data})
  return {ask: (request) => ask(request), leave: end}
}
