import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {buildReport, type WrittenReport} from '../../src/study/run-study.js'
import {runStudySweep, type SweepSummary} from '../../src/study/run-sweep.js'
import {loadStudy} from '../../src/sweep/study.js'
import {isChromiumMissing, type OpenPage, openPage} from '../support/chromium.js'
import {fullStudy, hostile} from './studies.js'

let folder: string
let summary: SweepSummary
let written: WrittenReport
let html: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-study-'))
  const study = loadStudy(fullStudy(folder))
  const storeFile = path.join(folder, 'points.db')
  summary = (await runStudySweep(study, {storeFile})).summary
  written = await buildReport(study, {storeFile, folder: path.join(folder, 'out'), formats: ['html', 'svg']})
  html = readFileSync(path.join(folder, 'out', 'report.html'), 'utf8')
})

afterAll(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))

/** The page without its scripts. */
const words = (): string => html.slice(0, html.indexOf('<script type="application/json"'))
const headings = (): string[] => [...words().matchAll(/<h2>([^<]*)</g)].map(([, text]) => text!)
const tables = (): string[] => [...words().matchAll(/<table><caption>[\s\S]*?<\/table>/g)].map(([table]) => table)
const cells = (table: string): string[] => [...table.matchAll(/<t[dh](?: [^>]*)?>([^<]*)<\/t[dh]>/g)].map(([, text]) => text!)

describe('the report of a study', () => {
  it('is a page and, for each of twelve figures, a picture, its spec and its data', () => {
    expect(written.files).toHaveLength(1 + 12 * 3)
    for (const file of written.files) expect(existsSync(file)).toBe(true)
  })

  it('tells of the front, then of causes, then of trust', () => {
    expect(headings()).toEqual(['Designs and their front', 'Where time and energy go', 'How far to trust it'])
  })

  it('holds the words of title, text, captions and models as words', () => {
    const escaped = hostile.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    expect(html).not.toContain(hostile)
    for (const words of ['A small family', 'Words', 'Front', 'Caption']) expect(html).toContain(`${words} ${escaped}`)
    expect(html).toContain(`odd ${escaped} decode`)
  })

  it('gives counts, corners and constraints in the units a person reads', () => {
    expect(html).toMatch(/gpt2 decode: 12 of 12 designs meet every constraint, and \d+ of these are on the front\./)
    const corners = cells(tables().find((table) => table.includes('Corners of the front: gpt2'))!)
    expect(corners.slice(0, 9)).toEqual([
      'Best in',
      'Accelerator',
      'batch',
      'sms',
      'clock',
      'Latency',
      'Energy per token',
      'Power',
      'Bound by',
    ])
    expect(corners.slice(9).filter((cell) => / GHz$/.test(cell))).toHaveLength(2)
    const constraints = cells(tables().find((table) => table.includes('What each constraint removes'))!)
    expect(constraints.slice(-4)).toEqual(['gpt2 decode', 'averageWatts &lt;= 700 W', '0', '0'])
  })

  it('shows the same corners that the sweep names', () => {
    const {corners} = summary.workloads.find(({workload}) => workload === 'gpt2')!
    const table = cells(tables().find((each) => each.includes('Corners of the front: gpt2'))!)
    for (const {point} of corners) expect(table).toContain(`${Number((Number(point['latencySeconds']) * 1e6).toPrecision(3))} µs`)
  })

  it('names the error of each operator class, as many rows as were measured', () => {
    const {groups, rowCount} = written.validation!
    const table = tables().find((each) => each.includes('Error of latency by device and operator class'))!
    expect(new Set(groups.map(({op}) => op)).size).toBeGreaterThan(3)
    for (const {op} of groups) expect(cells(table)).toContain(op)
    const counts = [...table.matchAll(/<tr><td>[^<]*<\/td><td>[^<]*<\/td><td>[^<]*<\/td><td class="number">([\d,]+)</g)]
    expect(counts.reduce((sum, [, count]) => sum + Number(count!.replace(',', '')), 0)).toBe(rowCount)
  })

  it('says what each accelerator’s times rest on, and how far unseen rows were predicted', () => {
    const basis = cells(tables().find((table) => table.includes('What the times rest on'))!)
    expect(basis.slice(9, 10)).toEqual(['machine'])
    expect(basis).toContain('gpt2 decode')
    expect(basis.find((cell) => /^\d+ of \d+$/.test(cell))).toBeDefined()
    const unseen = cells(tables().find((table) => table.includes('rows that no fit saw'))!)
    const fitted = written.profileErrors.map(({device, operatorClass}) => [device, operatorClass])
    expect(fitted.length).toBeGreaterThan(3)
    for (const [index, [device, operatorClass]] of fitted.entries())
      expect(unseen.slice(10 * (index + 1), 10 * (index + 1) + 2)).toEqual([device, operatorClass])
  })

  it('says nothing undefined, and leaves empty what a design does not have', () => {
    expect(words().replaceAll(/<style>[\s\S]*<\/style>/g, '')).not.toMatch(/undefined|NaN|>null<|>–</)
  })

  it('tells in each caption how the figure is read', () => {
    expect(html).toContain('line: predicted = measured; bands: ±10 % and ±20 %')
    expect(html).toContain('bar: mean of |predicted − measured| / measured; tick: its 90th percentile')
  })
})

describe.skipIf(isChromiumMissing)('the page of a study in a real browser (Chromium; CHROMIUM_PATH names another)', () => {
  let open: OpenPage
  let page: OpenPage['page']

  beforeAll(async () => {
    open = await openPage(path.join(folder, 'out', 'report.html'))
    page = open.page
  })

  afterAll(() => open?.browser.close())

  const rows = () => page.locator('[data-table=front] tbody tr')
  const status = () => page.locator('[data-table=front] [role=status]').innerText()

  it('draws all twelve figures and complains of nothing', async () => {
    expect(await page.locator('[data-figure] svg, [data-figure] canvas').count()).toBe(12)
    expect(open.complaints).toEqual([])
    expect(open.requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
    expect(await page.evaluate(() => 'owned' in window)).toBe(false)
  })

  it('lists every design of the front’s workload with its axes', async () => {
    expect(await status()).toBe('12 of 12 points (drag over the figure to choose)')
    expect(await rows().count()).toBe(12)
    expect(await page.locator('[data-table=front] th').allInnerTexts()).toEqual(
      expect.arrayContaining(['Energy per token', 'Device cost', 'Accelerator', 'batch', 'sms', 'clock']),
    )
    expect(await rows().first().innerText()).toMatch(/[\d.]+ [µm]s\s[\d.]+ mJ\s\$[\d,]+\smachine\s/)
  })

  /** The first ring around a corner of the front, found by its colour: its middle on the page. */
  async function cornerRing(): Promise<{x: number; y: number}> {
    const canvas = page.locator('[data-figure=front] canvas')
    await canvas.scrollIntoViewIfNeeded()
    const box = (await canvas.boundingBox())!
    const [left, top] = await canvas.evaluate((element) => {
      const {width, height, clientWidth} = element as HTMLCanvasElement
      const pixels = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data
      for (let at = 0; at < pixels.length; at += 4) {
        const isRing = Math.abs(pixels[at]! - 213) + Math.abs(pixels[at + 1]! - 94) + pixels[at + 2]! < 20
        if (isRing) return [(((at / 4) % width) * clientWidth) / width, (Math.floor(at / 4 / width) * clientWidth) / width] as const
      }
      return [0, 0] as const
    })
    return {x: box.x + left + 1, y: box.y + top + 5}
  }

  it('tells all of a design where the pointer rests on its mark', async () => {
    const {x, y} = await cornerRing()
    await page.mouse.move(x, y)
    const tooltip = page.locator('#vg-tooltip-element.visible')
    await tooltip.waitFor()
    const text = await tooltip.innerText()
    expect(text).toMatch(/Latency\s+[\d.]+ [µm]s/)
    expect(text).toMatch(/sms\s+1\d\d/)
    expect(text).toMatch(/clock\s+1\.\d+ GHz/)
    await page.mouse.move(0, 0)
  })

  it('keeps in the table only what the brush covers', async () => {
    const {x, y} = await cornerRing()
    await page.mouse.move(x + 80, y + 80)
    await page.mouse.down()
    await page.mouse.move(x - 12, y - 12, {steps: 5})
    await page.mouse.up()
    await expect.poll(status).toMatch(/^\d+ of 12 points$/)
    const count = Number(/^\d+/.exec(await status())![0])
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(12)
    expect(await rows().count()).toBe(count)
  })
})
