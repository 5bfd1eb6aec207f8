import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {extractText, getDocumentProxy} from 'unpdf'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {fontCss, fontFamily} from '../../src/report/font.js'
import {renderHtml} from '../../src/report/html.js'
import type {Report} from '../../src/report/report.js'
import {writeReport} from '../../src/report/write-report.js'
import {rooflineInput} from './sample-inputs.js'
import {hostileText, sampleReport} from './sample-report.js'

let folder: string
let files: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridge-report-'))
  files = await writeReport(sampleReport(500), folder)
})

afterAll(() => rm(folder, {recursive: true, force: true}))

const roofline = (name: string): Report => ({
  title: 'r',
  summary: [],
  sections: [
    {
      title: 's',
      figures: [name, 'other'].map((each) => ({name: each, title: 't', caption: 'c', kind: 'roofline', input: rooflineInput()})),
    },
  ],
})

describe('a written report', () => {
  it('is a page and five files a figure, all of them named, and no draft left behind', async () => {
    expect(files).toHaveLength(1 + 7 * 5)
    const found = [...(await readdir(folder)), ...(await readdir(join(folder, 'figures')))].filter((name) => name !== 'figures')
    expect(files.map((file) => basename(file)).sort()).toEqual(found.sort())
  })

  it('links each figure to its files', async () => {
    const html = await readFile(join(folder, 'report.html'), 'utf8')
    for (const file of files.slice(1)) expect(html).toContain(`href="figures/${basename(file)}"`)
    expect(files.slice(1).map((file) => basename(dirname(file)))).toEqual(Array(35).fill('figures'))
  })

  it('has PDFs whose title and axis can be selected as text', async () => {
    const pdf = await readFile(join(folder, 'figures', 'roofline.pdf'))
    const {text} = await extractText(await getDocumentProxy(new Uint8Array(pdf)), {mergePages: true})
    expect(text).toContain('Roofline of h100-sxm')
    expect(text).toContain('Operational intensity (FLOP/B)')
    expect(pdf.toString('latin1')).toMatch(/\/BaseFont \/[A-Z]{6}\+AtkinsonHyperlegible-Bold/)
    expect(pdf.toString('latin1')).not.toContain('/Subtype /Image')
  })

  it('has SVGs that carry the font that all their text names', async () => {
    const svg = await readFile(join(folder, 'figures', 'roofline.svg'), 'utf8')
    expect(svg).toContain(fontCss())
    const families = [...svg.matchAll(/font-family="([^"]*)"/g)].map(([, family]) => family)
    expect(families.length).toBeGreaterThan(20)
    expect(new Set(families)).toEqual(new Set([fontFamily]))
  })

  it('has PNGs at twice the screen’s resolution', async () => {
    const png = await readFile(join(folder, 'figures', 'errors.png'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    const svg = await readFile(join(folder, 'figures', 'errors.svg'), 'utf8')
    const [, inches] = /<svg[^>]*width="([\d.]+)in"/.exec(svg)!
    expect(png.readUInt32BE(16)).toBeCloseTo(Number(inches) * 192, -1)
  })

  it('has data in full beside each figure', async () => {
    const csv = await readFile(join(folder, 'figures', 'front.csv'), 'utf8')
    expect(csv.split('\r\n')[0]).toBe('id,latency_seconds,energy_joules,device_dollars,sms,bytes_per_second,clock_hertz,on_front')
    expect(csv.trimEnd().split('\r\n')).toHaveLength(501)
  })
})

describe('a page', () => {
  it('never holds a user’s markup as markup', () => {
    const html = renderHtml(sampleReport(50))
    expect(html).not.toContain('<img src=x')
    expect(html).not.toContain('<script>window.owned')
    expect(html).not.toContain(hostileText)
    expect(html).toContain('&lt;/script&gt;&lt;script&gt;window.owned = 1')
  })

  it('refers to nothing on a network and permits nothing but its own scripts', () => {
    const html = renderHtml(sampleReport(50))
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]*(src|href)="https?:/)
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)!
    expect(policy).toContain("default-src 'none'")
    expect(policy!.match(/sha256-/g)).toHaveLength(4)
    expect(policy).not.toContain('unsafe-eval')
  })
})

describe('a report that cannot be written', () => {
  it.each(['../escape', 'Roof', 'a/b', ''])('refuses the figure name "%s"', async (name) => {
    await expect(writeReport(roofline(name), folder)).rejects.toMatchObject({code: 'FIGURE_NAME', exitCode: 3})
  })

  it('refuses two figures of one name', async () => {
    await expect(writeReport(roofline('other'), folder)).rejects.toThrow('two figures are named "other"')
  })

  it('says so where a file stands in the folder’s place', async () => {
    const file = join(folder, 'taken')
    await writeFile(file, '')
    await expect(writeReport(roofline('one'), file)).rejects.toMatchObject({
      code: 'REPORT_NOT_WRITTEN',
      suggestions: ['choose another folder'],
    })
  })
})
