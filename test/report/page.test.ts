import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {writeReport} from '../../src/report/write-report.js'
import {isChromiumMissing, type OpenPage, openPage} from '../support/chromium.js'
import {paretoInput} from './sample-inputs.js'
import {sampleReport} from './sample-report.js'

describe.skipIf(isChromiumMissing)('the page in a real browser (Chromium; CHROMIUM_PATH names another)', () => {
  let folder: string
  let open: OpenPage
  let page: OpenPage['page']

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridge-page-'))
    await writeReport(sampleReport(), folder, {formats: ['html']})
    open = await openPage(join(folder, 'report.html'))
    page = open.page
  })

  afterAll(async () => {
    await open?.browser.close()
    await rm(folder, {recursive: true, force: true})
  })

  const status = (): Promise<string> => page.locator('[data-table=front] [role=status]').innerText()

  it('draws every figure', async () => {
    expect(await page.locator('[data-figure] svg, [data-figure] canvas').count()).toBe(7)
  })

  it('draws text in the embedded font', async () => {
    expect(
      await page.evaluate(() => [...document.fonts].map((font) => `${font.family.replaceAll('"', '')} ${font.weight} ${font.status}`)),
    ).toEqual(['Atkinson Hyperlegible 400 loaded', 'Atkinson Hyperlegible 700 loaded'])
  })

  it('runs no script of a user’s words', async () => {
    expect(await page.evaluate(() => 'owned' in window)).toBe(false)
    expect(await page.locator('img').count()).toBe(0)
  })

  it('shows a mark’s tooltip where the pointer rests on it', async () => {
    const bar = page.locator('[data-figure=errors] .mark-rect.role-mark path').first()
    await bar.scrollIntoViewIfNeeded()
    await bar.hover()
    const tooltip = page.locator('#vg-tooltip-element.visible')
    await tooltip.waitFor()
    const text = await tooltip.innerText()
    expect(text).toContain('a100-sxm-80gb')
    expect(text).toMatch(/MAPE:?\s+[\d.]+ %/)
    await page.mouse.move(0, 0)
  })

  it('lists all points, two hundred of them drawn and sorted, before anything is brushed', async () => {
    expect(await status()).toBe('10,000 of 10,000 points, the first 200 shown (drag over the figure to choose)')
    expect(await page.locator('[data-table=front] tbody tr').count()).toBe(200)
    const least = Math.min(...paretoInput().points.map((point) => Number(point['latencySeconds'])))
    expect(await page.locator('[data-table=front] tbody td').first().innerText()).toBe(`${Number((least * 1000).toPrecision(3))} ms`)
  })

  it('filters the table to what the brush covers, and sorts it by a column’s heading', async () => {
    const canvas = page.locator('[data-figure=front] canvas')
    await canvas.scrollIntoViewIfNeeded()
    const box = (await canvas.boundingBox())!
    await page.mouse.move(box.x + box.width * 0.35, box.y + box.height * 0.25)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6, {steps: 5})
    await page.mouse.up()
    await expect.poll(status).not.toContain('10,000 of')
    const count = Number(/^([\d,]+) of 10,000 points/.exec(await status())![1]!.replace(',', ''))
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(10_000)
    const rows = page.locator('[data-table=front] tbody tr')
    expect(await rows.count()).toBe(Math.min(200, count))

    await page.locator('[data-table=front] th button', {hasText: 'Cost'}).click()
    const costs = await page.locator('[data-table=front] tbody td:nth-child(3)').allInnerTexts()
    const dollars = costs.map((text) => Number(text.replace(/[$,]/g, '')))
    expect(dollars).toEqual([...dollars].sort((a, b) => a - b))
  })

  it('asks the network for nothing and complains of nothing', () => {
    expect(open.requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
    expect(open.complaints).toEqual([])
  })
})
