import {describe, expect, it} from 'vitest'
import {limitsOfAccount, limitsOfConfig, limitsOfQos, queueLimits, tasksOfAccounting, tasksOfQueue} from '../../src/cluster/slurm-text.js'

/** Lines as Slurm 22.05 prints them. */
const config = (...lines: string[]): string =>
  ['Configuration data as of 2026-11-21T16:18:13', 'AccountingStorageType   = accounting_storage/none', ...lines, ''].join('\n')

describe('what scontrol says of limits', () => {
  it('an array has as many tasks as MaxArraySize, of which places count from 0', () => {
    expect(limitsOfConfig(config('MaxArraySize            = 1001', 'AccountingStorageEnforce = none'))).toEqual({
      arrayTaskCount: 1001,
      submitCounts: [],
      isLimited: false,
    })
  })

  it('max_array_tasks of the scheduler limits arrays as well', () => {
    const text = config('MaxArraySize            = 4000000', 'SchedulerParameters     = bf_continue,max_array_tasks=1000,defer')
    expect(limitsOfConfig(text).arrayTaskCount).toBe(1000)
  })

  it('MaxJobCount is never reached, as Slurm refuses the job that would', () => {
    expect(limitsOfConfig(config('MaxArraySize            = 4', 'MaxJobCount             = 6')).submitCounts).toEqual([5])
  })

  it('no word of MaxArraySize means that nothing limits arrays', () => {
    expect(limitsOfConfig('').arrayTaskCount).toBe(Number.POSITIVE_INFINITY)
  })

  it.each(['associations,limits', 'associations,limits,qos,safe', 'qos'])('accounts are asked where %s is enforced', (enforced) => {
    expect(limitsOfConfig(config(`AccountingStorageEnforce = ${enforced}`)).isLimited).toBe(true)
  })
})

describe('what sacctmgr says of limits', () => {
  const user = 'root|lab2||9|\nroot|lab|long|6|20\nroot|root||6|\n'

  it('the default account counts where none is named', () => {
    expect(limitsOfAccount(user, undefined)).toEqual({submitCounts: [6], qos: 'normal'})
  })

  it('a named account brings its own limits and quality of service', () => {
    expect(limitsOfAccount(user, 'lab')).toEqual({submitCounts: [6, 20], qos: 'long'})
  })

  it('a user whom no account knows has no limit', () => {
    expect(limitsOfAccount('', 'lab')).toEqual({submitCounts: [], qos: 'normal'})
  })

  it('only the quality of service that is used counts', () => {
    expect(limitsOfQos('normal|5|\nlong||40\n', 'normal')).toEqual([5])
    expect(limitsOfQos('normal|5|\nlong||40\n', 'long')).toEqual([40])
    expect(limitsOfQos('', 'normal')).toEqual([])
  })
})

describe('the limits of the queue', () => {
  it('are the lowest one without what is queued, and without the job that merges', () => {
    expect(queueLimits({arrayTaskCount: 1001, submitCounts: [9999, 6, 5], queuedCount: 0})).toEqual({arrayTaskCount: 1001, submitCount: 4})
    expect(queueLimits({arrayTaskCount: 4, submitCounts: [6], queuedCount: 3}).submitCount).toBe(2)
  })

  it('are none where Slurm names none', () => {
    expect(queueLimits({arrayTaskCount: 4, submitCounts: [], queuedCount: 3}).submitCount).toBeUndefined()
  })
})

describe('tasks', () => {
  it('of squeue wait, work or have ended, with the words of Slurm', () => {
    expect(tasksOfQueue('10|1|PENDING|JobArrayTaskLimit\n10|0|RUNNING|None\n1|3|TIMEOUT|None\n11|N/A|PENDING|Dependency\n')).toEqual([
      {jobId: '10', taskIndex: 1, state: 'pending', reason: 'JobArrayTaskLimit'},
      {jobId: '10', taskIndex: 0, state: 'running', reason: 'RUNNING'},
      {jobId: '1', taskIndex: 3, state: 'ended', reason: 'TIMEOUT'},
      {jobId: '11', taskIndex: null, state: 'pending', reason: 'Dependency'},
    ])
  })

  it.each(['COMPLETING', 'SUSPENDED', 'STOPPED', 'STAGE_OUT'])('of squeue still work while %s', (word) => {
    expect(tasksOfQueue(`10|0|${word}|None`)[0]?.state).toBe('running')
  })

  it.each(['REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'RESV_DEL_HOLD', 'SPECIAL_EXIT', 'CONFIGURING'])(
    'of squeue come back after %s',
    (word) => {
      expect(tasksOfQueue(`10|0|${word}|None`)[0]?.state).toBe('pending')
    },
  )

  it('of sacct have ended, whatever it says: the queue forgot them', () => {
    expect(tasksOfAccounting('23_0|COMPLETED\n23_1|CANCELLED by 0\n23_2|RUNNING\n24|NODE_FAIL\n')).toEqual([
      {jobId: '23', taskIndex: 0, state: 'ended', reason: 'COMPLETED'},
      {jobId: '23', taskIndex: 1, state: 'ended', reason: 'CANCELLED'},
      {jobId: '23', taskIndex: 2, state: 'ended', reason: 'RUNNING'},
      {jobId: '24', taskIndex: null, state: 'ended', reason: 'NODE_FAIL'},
    ])
  })
})
