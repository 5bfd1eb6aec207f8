import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {checkPlan, newPlan, plannedIn, planOf, type SweepPlan, sweepFiles, writePlan} from '../../src/cluster/plan.js'
import {UserError} from '../../src/foundation/user-error.js'
import {loadStudy} from '../../src/sweep/study.js'
import {differingPins, studyPins} from '../../src/sweep/study-pins.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

const pinsOf = (text: string) => studyPins(loadStudy(writeStudy(text)))

describe('what a study is pinned by', () => {
  it('stays the same where only words change: titles, comments, spelling of units, and where it lies', () => {
    const rewritten = `# Written again\n${smallStudy.replace('A small family', 'Another title').replace('1980 MHz', '1.98 GHz')}`
    expect(pinsOf(rewritten)).toEqual(pinsOf(smallStudy))
  })

  it.each([
    ['an axis', ['sms: [100, 132, 140]', 'sms: [100, 132, 144]'], ['axis sms of space 1']],
    ['an axis of all spaces', ['batch: [1, 8]', 'batch: [1, 4, 8]'], ['axis batch of space 1']],
    ['the objectives', ['[latency, energyPerToken]', '[latency]'], ['objectives']],
    ['the constraints', ['objectives:', 'constraints: [averageWatts < 500 W]\nobjectives:'], ['constraints']],
    ['what is run', ['contextTokens: 512', 'contextTokens: 1024'], ['space 1, machine with gpt2 decode']],
  ] as const)('differs in %s where that changes, and in nothing else', (_, [from, to], parts) => {
    expect(differingPins(pinsOf(smallStudy), pinsOf(smallStudy.replace(from, to)))).toEqual(parts)
  })

  it('follows the files that a study names', () => {
    const folder = temporaryFolder()
    const file = writeStudy(smallStudy, folder)
    const before = studyPins(loadStudy(file))
    const machine = path.join(folder, 'machine.yaml')
    writeFileSync(machine, `${readFileSync(machine, 'utf8')}parameters: {l2: {value: 60 MiB, source: whitepaper}}\n`)
    expect(differingPins(before, studyPins(loadStudy(file)))).toEqual(['space 1, machine with gpt2 decode'])
  })
})

function refusal(action: () => unknown): UserError {
  try {
    action()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function planned(): {folder: string; plan: SweepPlan; study: ReturnType<typeof loadStudy>} {
  const folder = temporaryFolder()
  const study = loadStudy(writeStudy(smallStudy))
  return {folder, study, plan: newPlan(study, 4, 12)}
}

describe('a plan', () => {
  it('is refused for a study that changed, by the name of what did', () => {
    const {folder, plan} = planned()
    const changed = loadStudy(writeStudy(smallStudy.replace('sms: [100, 132, 140]', 'sms: [100]').replace('batch: [1, 8]', 'batch: [2]')))
    expect(refusal(() => checkPlan(plan, changed, folder))).toMatchObject({
      code: 'STUDY_CHANGED',
      message: `${changed.file} is not what the sweep in ${folder} was planned for: axis batch of space 1 and 1 more changed`,
    })
  })

  it.each(['ridgepoint', 'model'] as const)('is refused for another version of %s', (name) => {
    const {folder, plan, study} = planned()
    const older = {...plan, versions: {...plan.versions, [name]: '0.0.0-older'}}
    expect(refusal(() => checkPlan(older, study, folder))).toMatchObject({
      code: 'PLAN_OTHER_VERSION',
      message: `the sweep in ${folder} was planned with ${name} version 0.0.0-older, and this is version ${plan.versions[name]}`,
    })
  })

  it('is written by the first shard of a folder alone, whole and with no draft left beside it', () => {
    const {folder, study} = planned()
    const first = plannedIn(folder, study, 4, 12)
    expect(plannedIn(folder, study, 9, 12)).toEqual(first)
    expect(first).toMatchObject({shardCount: 4, pointCount: 12, submissions: []})
    expect(readdirSync(folder).filter((name) => name.startsWith('plan'))).toEqual(['plan.json'])
  })

  it('keeps what was submitted', () => {
    const {folder, plan} = planned()
    const submission = {
      submittedAt: '2026-11-21T16:00:00.000Z',
      arrays: [
        {
          jobId: '7',
          tasks: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      mergeJobId: '8',
    }
    writePlan(folder, {...plan, submissions: [submission]})
    expect(planOf(folder)).toEqual({...plan, submissions: [submission]})
  })

  it('is missed by name, and refused where it cannot be read', () => {
    const {folder} = planned()
    expect(refusal(() => planOf(folder))).toMatchObject({code: 'PLAN_MISSING'})
    writeFileSync(sweepFiles(folder).plan, '{"shardCount": ')
    expect(refusal(() => planOf(folder))).toMatchObject({
      code: 'PLAN_UNREADABLE',
      message: expect.stringContaining("plan.json can't be read"),
    })
  })

  it.each([
    '{}',
    'null',
    '[]',
    '{"plan": "of another program"}',
    '{"study": {}, "pointCount": 1, "shardCount": 2, "versions": {}, "pins": {}, "submissions": [7]}',
  ])('is refused where %s stands in its file, with what was expected there', (text) => {
    const {folder} = planned()
    const {plan} = sweepFiles(folder)
    writeFileSync(plan, text)
    expect(refusal(() => planOf(folder))).toMatchObject({
      code: 'PLAN_UNREADABLE',
      message: `${plan} is no plan of a sweep: one holds study, pointCount, shardCount, versions, pins and submissions, as ridge writes them`,
      suggestions: ['name the folder that `ridge sweep --out` was given', 'or sweep into another folder'],
    })
  })

  it('needs a folder that can be made', () => {
    const {folder, study} = planned()
    writeFileSync(path.join(folder, 'file'), '')
    expect(refusal(() => plannedIn(path.join(folder, 'file', 'sweep'), study, 4, 12))).toMatchObject({code: 'FOLDER_UNWRITABLE'})
    expect(existsSync(path.join(folder, 'plan.json'))).toBe(false)
    mkdirSync(path.join(folder, 'sweep'))
  })
})
