import {describe, expect, it} from 'vitest'
import {progressText, startProgress} from '../../src/cli/progress.js'

function recorder(isTTY: boolean) {
  const texts: string[] = []
  return {texts, stream: {isTTY, columns: 120, write: (text: string) => texts.push(text)}}
}

describe('progressText', () => {
  it('counts rate and time left by what this run did', () => {
    expect(progressText(4000, 3, {noun: 'points', totalCount: 10_000}, 1000)).toBe(
      '40 % · 4000 of 10000 points · 1000 were there · 1 k/s · 6 s left',
    )
  })

  it('says how long it took at the end', () => {
    expect(progressText(10_000, 4, {noun: 'points', totalCount: 10_000})).toBe('100 % · 10000 of 10000 points · 2.5 k/s · in 4 s')
  })
})

describe('progressText of slow work', () => {
  it('tells how long one takes', () => {
    expect(progressText(2, 106, {noun: 'points', totalCount: 4})).toBe('50 % · 2 of 4 points · 53 s a point · 106 s left')
  })
})

describe('progressText of work that only time ends', () => {
  it('tells the rate, and how it goes', () => {
    expect(progressText(4000, 2, {noun: 'mappings', totalCount: undefined}, 0, 'best 3 ms')).toBe('4000 mappings · 2 k/s · 2 s · best 3 ms')
  })
})

describe('startProgress', () => {
  it('prints a line every ten seconds where nobody watches', async () => {
    const {texts, stream} = recorder(false)
    let nowSeconds = 0
    const progress = await startProgress({noun: 'points', totalCount: 100, stream, nowSeconds: () => nowSeconds})
    for (nowSeconds of [1, 9, 10, 15, 20]) progress.update(nowSeconds * 2)
    progress.stop()
    expect(texts).toEqual(['20 % · 20 of 100 points · 2/s · 40 s left\n', '40 % · 40 of 100 points · 2/s · 30 s left\n'])
  })

  it('is silent when told so', async () => {
    const {texts, stream} = recorder(true)
    const progress = await startProgress({noun: 'points', totalCount: 100, stream, isSilent: true})
    progress.update(50)
    progress.stop()
    expect(texts).toEqual([])
  })
})
