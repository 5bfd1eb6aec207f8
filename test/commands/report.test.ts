import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {extractText, getDocumentProxy} from 'unpdf'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Report from '../../src/commands/report.js'
import Sweep from '../../src/commands/sweep.js'
import {runCommand} from '../support/run-command.js'
import {smallStudy, writeStudy} from '../sweep/studies.js'

const figures = `report:
  figures:
    - {name: front, chart: pareto, title: Time against energy, workloads: [{model: gpt2, phase: decode}], x: latency, y: energyPerToken}
    - {name: roofs, chart: roofline, title: Under the roofs, span: column, accelerators: [h100-sxm], workloads: [{model: gpt2, phase: decode}]}
`

let folder: string
let study: string
let store: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-report-'))
  study = writeStudy(`${smallStudy}${figures}`, folder)
  store = path.join(folder, 'points.db')
  await runCommand(Sweep, [study, '--store', store])
})

afterAll(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))

async function pdfText(file: string): Promise<string> {
  const {text} = await extractText(await getDocumentProxy(new Uint8Array(readFileSync(file))), {mergePages: true})
  return text
}

describe('ridge report', () => {
  it('writes the page, and each figure as SVG, PNG and PDF with its data and spec, and says where', async () => {
    const out = path.join(folder, 'all')
    const {exitCode, stdout, result} = await runCommand(Report, [study, '--store', store, '--out', out])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`report   ${path.join(out, 'report.html')}`)
    expect(stdout).toContain('(2 figures, 10 files)')
    expect(result!.validation).toBeNull()
    expect(readdirSync(path.join(out, 'figures')).sort()).toEqual(
      ['front', 'roofs'].flatMap((name) => ['csv', 'pdf', 'png', 'svg', 'vl.json'].map((extension) => `${name}.${extension}`)),
    )
    expect(await pdfText(path.join(out, 'figures', 'front.pdf'))).toContain('Time against energy')
  })

  it('writes only the formats that are asked for, at the widths of a paper', async () => {
    const out = path.join(folder, 'paper')
    const {result} = await runCommand(Report, [study, '--store', store, '--out', out, '--theme', 'paper', '--format', 'pdf'])
    expect(existsSync(path.join(out, 'report.html'))).toBe(false)
    expect(result!.files.filter((file) => file.endsWith('.svg') || file.endsWith('.png'))).toEqual([])
    const boxes = ['front', 'roofs'].map((name) => {
      const file = path.join(out, 'figures', `${name}.pdf`)
      const [, width] = /\/MediaBox \[0 0 ([\d.]+)/.exec(readFileSync(file, 'latin1'))!
      return Number(width) / 72
    })
    expect(boxes[0]).toBeLessThanOrEqual(7.16)
    expect(boxes[0]).toBeGreaterThan(6.8)
    expect(boxes[1]).toBeLessThanOrEqual(3.5)
    expect(boxes[1]).toBeGreaterThan(3.2)
    expect(await pdfText(path.join(out, 'figures', 'roofs.pdf'))).toContain('Under the roofs')
  })

  it('writes beside each figure the points that it was made of', async () => {
    const out = path.join(folder, 'data')
    await runCommand(Report, [study, '--store', store, '--out', out, '--format', 'html'])
    const [header, ...rows] = readFileSync(path.join(out, 'figures', 'front.csv'), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(header!.split(',')).toEqual(
      expect.arrayContaining(['accelerator', 'batch', 'sms', 'clock', 'latency_seconds', 'joules_per_token', 'on_front']),
    )
    expect(rows).toHaveLength(12)
  })

  it('asks for a sweep first where there is none, and writes nothing', async () => {
    const out = path.join(folder, 'none')
    const {exitCode, stderr} = await runCommand(Report, [study, '--store', path.join(folder, 'missing.db'), '--out', out])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('missing.db')
    expect(stderr).toMatch(/ridge sweep \S*small\.yaml --store \S*missing\.db/)
    expect(existsSync(out)).toBe(false)
  })

  it('asks for a sweep of this study where the store holds only others', async () => {
    const other = writeStudy(`${smallStudy.replace('gpt2', 'gpt2-large')}${figures.replaceAll('gpt2', 'gpt2-large')}`, folder, 'other')
    const {exitCode, stderr} = await runCommand(Report, [other, '--store', store, '--out', path.join(folder, 'none')])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('does not hold all spaces of other')
    expect(stderr).toMatch(/ridge sweep \S*other\.yaml --store \S*points\.db/)
  })

  it('looks for the points of the fidelity that is asked for, and says how to sweep them', async () => {
    const asked = ['--fidelity', 'roofline', '--store', store, '--out', path.join(folder, 'bounds'), '--format', 'svg']
    const before = await runCommand(Report, [study, ...asked])
    expect(before.exitCode).toBe(3)
    expect(before.stderr).toMatch(/ridge sweep \S*small\.yaml --store \S*points\.db --fidelity roofline/)
    await runCommand(Sweep, [study, '--store', store, '--fidelity', 'roofline'])
    const after = await runCommand(Report, [study, ...asked])
    expect(after.exitCode).toBe(0)
    const nearest = await runCommand(Report, [study, '--fidelity', 'calibratd'])
    expect([nearest.exitCode, nearest.stderr.includes('did you mean calibrated')]).toEqual([3, true])
  })
})
