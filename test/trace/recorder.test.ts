import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {shippedNames} from '../../src/spec/catalogue.js'
import {kernelTraceColumnEntries} from '../../src/trace/importers/kernel-trace.js'
import {readTrace} from '../../src/trace/read-trace.js'
import {recorderFile, recorderScript} from '../../src/trace/recorder.js'
import {kernelOps, traceRequest} from '../../src/trace/to-operator.js'
import {resolveModelName} from '../../src/workload/aliases.js'
import {rowsOf, temporaryTraces} from './temporary-trace.js'

const python = ['python3', 'python'].find((name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0)

/** One run of the script, on a machine that needs neither PyTorch nor a GPU. */
function run(...argv: string[]): {status: number | null; stdout: string; stderr: string} {
  const env = {...process.env, PYTHONPYCACHEPREFIX: path.join(tmpdir(), 'ridgepoint-pycache'), PYTHONIOENCODING: 'utf-8'}
  return spawnSync(python!, argv, {encoding: 'utf8', env, maxBuffer: 1 << 26})
}

const freshPlan = (...argv: string[]): string => run(recorderFile, '--plan', ...argv).stdout.replaceAll('\r\n', '\n')

const plans = new Map<string, string>()

/** What `--plan` prints, asked for once. */
function plan(...argv: string[]): string {
  const line = argv.join(' ')
  const text = plans.get(line) ?? freshPlan(...argv)
  plans.set(line, text)
  return text
}

/** The plan as a trace: every row has taken a microsecond. */
function measured(text: string): string {
  const [header, ...lines] = text.trimEnd().split('\n')
  const at = header!.split(',').indexOf('latency_us')
  const rows = lines.map((line) => line.split(',').with(at, '1').join(','))
  return `${[header, ...rows].join('\n')}\n`
}

describe('the names in the recording script', () => {
  const quoted = (table: string): string[] => {
    const body = new RegExp(`^${table} = \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(recorderScript())![1]!
    return body.trimEnd().split('\n')
  }

  it('of devices are those of shipped accelerators', () => {
    const names = quoted('DEVICES').map((line) => /: "(.*)",$/.exec(line)![1]!)
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !shippedNames('accelerator').includes(name))).toEqual([])
  })

  it('of models are those of shipped models', () => {
    const names = quoted('MODELS').map((line) => /^ {4}"(.*)": /.exec(line)![1]!)
    expect(names.length).toBeGreaterThan(3)
    expect(names.filter((name) => resolveModelName(name) !== name)).toEqual([])
  })
})

describe.skipIf(python === undefined)('the recording script', () => {
  const write = temporaryTraces()

  it('compiles', () => {
    const {status, stderr} = run('-m', 'py_compile', recorderFile)
    expect([status, stderr]).toEqual([0, ''])
  })

  it('writes the columns that the reader knows, in their order', () => {
    expect(plan().split('\n')[0]).toBe(kernelTraceColumnEntries.map(([name]) => name).join(','))
  })

  it('plans rows of every class on one device, each of which the reader understands', async () => {
    const rows = await rowsOf(readTrace(write('plan.csv', measured(plan('--name', 'h100-sxm')))))
    const requests = rows.map((row) => traceRequest(row))
    expect(rows.length).toBeGreaterThan(2000)
    expect(requests.filter((request) => request.kind === 'skipped')).toEqual([])
    const wanted = kernelOps.filter((op) => !['moe', 'allreduce', 'all_gather', 'reduce_scatter', 'alltoall'].includes(op))
    expect(new Set(rows.map((row) => row.op))).toEqual(new Set([...wanted, 'serve']))
    expect(new Set(rows.map((row) => row.dtype))).toEqual(new Set(['bf16', 'fp16', 'fp32']))
  })

  it('plans the shapes that models are worst at: one row, ragged rows, short sums, few key heads', async () => {
    const rows = await rowsOf(readTrace(write('plan.csv', measured(plan('--dtypes', 'bf16')))))
    const countOf = (holds: (row: (typeof rows)[number]) => boolean): number => rows.filter(holds).length
    expect(countOf(({op, m}) => op === 'gemm' && m === 1)).toBeGreaterThan(25)
    expect(countOf(({op, m = 0}) => op === 'gemm' && m % 8 !== 0 && m > 8)).toBeGreaterThan(25)
    expect(countOf(({op, k = 0}) => op === 'gemm' && k > 0 && k <= 256)).toBeGreaterThan(25)
    expect(countOf(({op, notes}) => op === 'gemm' && notes.tags.includes('bmm'))).toBeGreaterThan(15)
    expect(countOf(({heads = 0, kvHeads = 0}) => kvHeads < heads)).toBeGreaterThan(100)
    expect(countOf(({notes}) => notes.tags.includes('sustained'))).toBeGreaterThan(50)
  })

  it('mixes the classes, so that the first rows are a sample of all', async () => {
    const rows = await rowsOf(readTrace(write('plan.csv', measured(plan()))))
    expect(new Set(rows.slice(0, 150).map((row) => row.op))).toEqual(new Set(rows.map((row) => row.op)))
  })

  it('plans the same for the same seed, another for another, and no row twice', () => {
    const [first, again, other] = [plan(), freshPlan(), plan('--seed', '2')]
    expect(again).toBe(first)
    expect(other).not.toBe(first)
    const lines = first.trimEnd().split('\n')
    expect(new Set(lines).size).toBe(lines.length)
  })

  it('goes on where a file stopped, and takes a line that was cut off for unmeasured', () => {
    const [header, ...lines] = measured(plan()).trimEnd().split('\n')
    const file = write('begun.csv', `# a comment\n${[header, ...lines.slice(0, 100)].join('\n')}\n${lines[100]!.slice(0, 20)}`)
    const left = measured(plan('--out', file)).trimEnd().split('\n')
    expect(left).toEqual([header, ...lines.slice(100)])
  })

  it('refuses to go on with a file of other columns', () => {
    const file = write('other.csv', 'device,op,notes,latency_us\n')
    const {status, stderr, stdout} = run(recorderFile, '--plan', '--out', file)
    expect(stderr).toContain('other columns than this script writes; choose another --out')
    expect([status, stdout]).toEqual([1, ''])
  })

  it.each([
    ['a format that it does not know', ['--dtypes', 'bf17'], "'bf17' is none of bf16, fp16, fp32"],
    ['a power window too short for two seconds of energy', ['--window', '2'], '--window has to be at least 2.2'],
  ])('refuses %s', (_, argv, message) => {
    const {status, stderr} = run(recorderFile, '--plan', ...argv)
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it('takes power from between the steps of the energy counter, and integrates power readings where there is no counter', () => {
    // 250 W, counted every 0.1 s and read every 0.01 s; then 200 W rising by 10 W a second, read every 0.1 s.
    const counted = `[Reading(i / 100, 1000, 50, 240, 25.0 * (i // 10)) for i in range(260)]`
    const sampled = `[Reading(i / 10, 1000, 50, 200 + i) for i in range(26)]`
    const code = `from record import *\nfor readings in (${counted}, ${sampled}, [Reading(0.0)]):\n    s = Sampling(Sensors())\n    s.readings = readings\n    print(s.power() and "%.6g %s %.6g" % s.power())`
    const {stdout, stderr} = run('-c', `import sys; sys.path.insert(0, ${JSON.stringify(path.dirname(recorderFile))})\n${code}`)
    expect(stderr).toBe('')
    expect(stdout.trim().split(/\r?\n/)).toEqual(['250 counter 2.4', '212.5 samples 2.5', 'None'])
  })

  it('makes a name of the driver’s words for a GPU that no file describes', () => {
    const gpus = [
      'NVIDIA A100-SXM4-80GB',
      'Tesla T4',
      'NVIDIA H100 80GB HBM3',
      'NVIDIA GeForce RTX 4090',
      'NVIDIA A100-SXM4-80GB MIG 1g.10gb',
    ]
    const code = `from record import *\nfor gpu in ${JSON.stringify(gpus)}: print(*device_name(gpu))`
    const {stdout} = run('-c', `import sys; sys.path.insert(0, ${JSON.stringify(path.dirname(recorderFile))})\n${code}`)
    const [sxm, t4, h100, geforce, slice] = stdout.trim().split(/\r?\n/)
    expect([sxm, t4, h100]).toEqual(['a100-sxm-80gb True', 't4 True', 'h100-sxm True'])
    expect([geforce, slice]).toEqual(['geforce-rtx-4090 False', 'a100-sxm4-80gb-mig-1g-10gb False'])
  })

  it('names no other package than PyTorch and NVML beside the standard library', () => {
    const imported = [...readFileSync(recorderFile, 'utf8').matchAll(/^\s*(?:import|from) ([a-z_]+)/gm)].map(([, name]) => name!)
    const {stdout} = run('-c', 'import sys; print(*sorted(getattr(sys, "stdlib_module_names", ())))')
    const known = ['torch', 'pynvml', ...stdout.trim().split(' ')]
    expect(imported.length).toBeGreaterThan(10)
    if (stdout.trim() !== '') expect(imported.filter((name) => !known.includes(name))).toEqual([])
  })
})
