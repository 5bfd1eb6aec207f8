import {describe, expect, it} from 'vitest'
import {workloadNames} from '../../src/study/joint-designs.js'
import {fullName, groupNames, workloadGroups} from '../../src/study/workload-groups.js'
import {smallStudy, studyOf} from '../sweep/studies.js'

const namesOf = (...workloads: readonly string[]) =>
  groupNames(workloadGroups(studyOf(smallStudy.replace('{model: gpt2, phase: decode, contextTokens: 512}', workloads.join('\n  - ')))))

describe('workloads of a study', () => {
  it('are apart where they differ in their operators alone: results of different work are never compared', () => {
    const names = namesOf(
      '{model: gpt2, phase: decode, contextTokens: 512}',
      '{model: gpt2, phase: decode, contextTokens: 512, operators: [attention, head]}',
    )
    expect(names.map(fullName)).toEqual(['gpt2 decode', 'gpt2 decode, operators attention+head'])
  })

  it('have the settings in their names that tell them apart, and no others', () => {
    const names = namesOf(
      '{model: gpt2, phase: decode, contextTokens: 512, dtype: bf16}',
      '{model: gpt2, phase: decode, contextTokens: 900, dtype: bf16}',
      '{model: gpt2, phase: prefill, promptTokens: 512}',
    )
    expect(names.map(fullName)).toEqual(['gpt2 decode, contextTokens 512', 'gpt2 decode, contextTokens 900', 'gpt2 prefill'])
    expect(workloadNames(names.slice(0, 2))).toEqual(['contextTokens 512', 'contextTokens 900'])
    expect(workloadNames(names.slice(1))).toEqual(['decode', 'prefill'])
  })
})
