import type {AreaInput} from '../../src/report/charts/area.js'
import type {BreakdownInput} from '../../src/report/charts/breakdown.js'
import type {ClockPlanInput} from '../../src/report/charts/clock-plan.js'
import type {DvfsInput} from '../../src/report/charts/dvfs.js'
import type {ErrorByClassInput} from '../../src/report/charts/error-by-class.js'
import type {FrontiersInput} from '../../src/report/charts/frontiers.js'
import type {LimitsInput} from '../../src/report/charts/limits.js'
import type {MeasuredSweepInput} from '../../src/report/charts/measured-sweep.js'
import type {ParallelInput} from '../../src/report/charts/parallel.js'
import type {ParetoInput} from '../../src/report/charts/pareto-scene.js'
import type {PredictedMeasuredInput} from '../../src/report/charts/predicted-measured.js'
import type {RooflineInput} from '../../src/report/charts/roofline-scene.js'
import type {SensitivityInput} from '../../src/report/charts/sensitivity-bars.js'
import type {TornadoInput} from '../../src/report/charts/tornado.js'
import type {WaterfallInput} from '../../src/report/charts/waterfall.js'

/** The same numbers on every run: a linear congruential generator over [0, 1). */
export function seededRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

const shapes = [
  ['qkv_proj', 480, 0.8],
  ['attention', 210, 0.45],
  ['o_proj', 460, 0.78],
  ['gate_up_proj', 620, 0.82],
  ['down_proj', 560, 0.8],
  ['lm_head', 34, 0.7],
  ['decode_attention', 3.4, 0.6],
  ['decode_qkv', 15.6, 0.72],
  ['decode_mlp', 16.1, 0.75],
  ['rmsnorm', 0.9, 0.5],
  ['silu_mul', 0.5, 0.6],
  ['rotary', 0.7, 0.4],
  ['residual_add', 0.17, 0.7],
  ['softmax', 1.2, 0.4],
  ['router', 8, 0.2],
] as const

/** An H100-like machine and thirty operators under its roofs. */
export function rooflineInput(): RooflineInput {
  const random = seededRandom(7)
  const operators = shapes.flatMap(([name, flopsPerByte, efficiencyRatio], index) =>
    [1, 8].map((batch) => {
      const intensity = flopsPerByte * (batch === 1 ? 1 : 1.6)
      const roof = Math.min(989.4e12 * (flopsPerByte < 2 ? 0.068 : 1), intensity * 3.35e12)
      return {
        name: `${name} b${batch}`,
        memory: 'HBM3',
        flopsPerByte: intensity,
        flopsPerSecond: roof * efficiencyRatio * (0.7 + 0.3 * random()),
        latencySeconds: (index < 6 ? 4e-4 : 2e-5) * (0.3 + random()) * batch ** 0.5,
        boundBy: intensity * 3.35e12 < 989.4e12 ? 'HBM3' : index % 5 === 3 ? 'L2' : 'matrix units',
      }
    }),
  )
  return {
    computeRoofs: [
      {name: 'fp8', flopsPerSecond: 1978.9e12},
      {name: 'bf16', flopsPerSecond: 989.4e12},
      {name: 'fp16', flopsPerSecond: 989.4e12},
      {name: 'fp32 vector', flopsPerSecond: 66.9e12},
    ],
    memoryRoofs: [
      {name: 'shared', bytesPerSecond: 33.4e12},
      {name: 'L2', bytesPerSecond: 7.5e12},
      {name: 'HBM3', bytesPerSecond: 3.35e12},
    ],
    operators: [
      ...operators,
      {name: 'embedding', memory: 'HBM3', flopsPerByte: 0, flopsPerSecond: 0, latencySeconds: 3e-6, boundBy: 'HBM3'},
    ],
  }
}

/** Four machines, their time by operator class and their energy by source. */
export function breakdownInput(): BreakdownInput {
  const classes = ['gemm', 'attention_prefill', 'layernorm', 'elementwise', 'embedding', 'softmax', 'allreduce', 'moe', 'optimizer']
  const sources = ['matrix units', 'vector units', 'registers', 'shared memory', 'L2', 'HBM', 'static', 'idle']
  const machines = [
    ['a100-sxm-80gb', 1.9],
    ['h100-sxm', 1],
    ['h100-sxm @ 1410 MHz, 500 W', 1.25],
    ['h200-sxm', 0.85],
  ] as const
  const configurations = machines.map(([name, slownessRatio]) => ({
    name,
    latencyParts: classes.map((part, index) => ({name: part, latencySeconds: (0.021 / (index + 1) ** 1.7) * slownessRatio})),
    energyParts: sources.map((part, index) => ({name: part, energyJoules: (6 / (1 + ((index * 3) % 8))) * slownessRatio ** 0.5})),
  }))
  return {configurations}
}

/** Random designs whose time, energy and price trade against one another. */
export function paretoInput(pointCount = 10_000): ParetoInput {
  const random = seededRandom(3)
  const points = Array.from({length: pointCount}, (_, index) => {
    const sms = 60 + 4 * Math.floor(random() * 40)
    const bytesPerSecond = (1 + 7 * random()) * 1e12
    const clockHertz = (0.8 + 1.2 * random()) * 1e9
    const latencySeconds = 0.004 + 8e9 / (sms * clockHertz * 0.05) + 16e9 / bytesPerSecond
    const watts = 90 + sms * (clockHertz / 1e9) ** 2.4 * 1.6 + bytesPerSecond * 4e-11
    return {
      id: index,
      latencySeconds,
      energyJoules: watts * latencySeconds,
      deviceDollars: sms * 45 + (bytesPerSecond / 1e12) * 420,
      sms,
      bytesPerSecond,
      clockHertz,
    }
  })
  return {
    points,
    x: {field: 'latencySeconds', title: 'Latency', unit: 'seconds', better: 'less'},
    y: {field: 'energyJoules', title: 'Energy', unit: 'joules', better: 'less'},
    colour: {field: 'deviceDollars', title: 'Cost', unit: 'dollars'},
    columns: [
      {field: 'sms', title: 'SMs'},
      {field: 'bytesPerSecond', title: 'HBM', unit: 'bytesPerSecond'},
      {field: 'clockHertz', title: 'Clock', unit: 'hertz'},
    ],
  }
}

/** Prefill and decode over the core clock, prefill running into a 700 W limit. */
export function dvfsInput(curveCount = 1): DvfsInput {
  const curves = ['prefill, batch 8', 'decode, batch 16'].slice(0, curveCount).map((name, index) => ({
    name,
    points: Array.from({length: 25}, (_, step) => {
      const clockHertz = 780e6 + step * 50e6
      const volts = 0.68 + Math.max(0, clockHertz - 1.2e9) * 4.2e-10
      const askedWatts = 110 + (index === 0 ? 4.05e-7 : 2.2e-7) * clockHertz * volts ** 2 + 60 * volts
      const throttled = askedWatts > 700
      const latencySeconds = index === 0 ? 38e6 / Math.min(clockHertz, 1.87e9) : 8e-3 + 4e6 / clockHertz
      const averageWatts = Math.min(700, askedWatts)
      return {clockHertz, latencySeconds, averageWatts, energyJoules: averageWatts * latencySeconds, throttled}
    }),
  }))
  return {curves, powerLimitWatts: 700}
}

/** The same with a band of a fifth around energy and power. */
export function bandedDvfsInput(): DvfsInput {
  const {curves, ...rest} = dvfsInput(2)
  const banded = curves.map(({name, points}) => ({
    name,
    points: points.map((point) => {
      const {energyJoules, averageWatts} = point
      return {
        ...point,
        p5Joules: energyJoules * 0.9,
        p95Joules: energyJoules * 1.2,
        p5Watts: averageWatts * 0.9,
        p95Watts: averageWatts * 1.2,
      }
    }),
  }))
  return {...rest, curves: banded}
}

/** Thirteen constants, of which each moves the energy less than the one before, the last hardly. */
export function tornadoInput(): TornadoInput {
  const names = [
    'l2 energy per byte',
    'core voltage floor',
    'tensor bf16 energy per operation',
    'share of the idle power that goes with the number of SMs',
  ]
  const bars = Array.from({length: 13}, (_, index) => {
    const swing = index === 12 ? 1e-6 : 0.6 / (index + 1)
    const isOneSided = index === 4
    return {
      name: names[index] ?? `level ${index} energy per byte`,
      rangeText: ['x2', '±0.1 V', '[0.42 pJ/op, 0.54 pJ/op]', 'x1.5'][index] ?? '±10 %',
      lowEndJoules: isOneSided ? 2.7 : 2.7 - swing / 2,
      highEndJoules: 2.7 + swing / (isOneSided ? 1 : 2),
      varianceRatio: 0.6 / (index + 1) ** 2,
    }
  })
  const pass = {energyJoules: 2.7, p5Joules: 2.2, p95Joules: 3.6, bars}
  return {
    passes: [
      {...pass, name: 'h100-sxm, decode'},
      {...pass, name: 'h100-sxm, prefill', bars: bars.slice(0, 3)},
    ],
  }
}

/** Decode on a machine as it is, with cheaper bytes, and with more of them a second. */
export function frontiersInput(): FrontiersInput {
  const designs = [
    ['before', 1, 1],
    ['hbm.energy=2 pJ/b', 1, 0.8],
    ['hbmBandwidth=3 TB/s', 0.7, 0.9],
  ] as const
  const clocks = Array.from({length: 30}, (_, step) => 1410e6 - step * 15e6)
  const frontiers = designs.map(([name, slowness, cost]) => ({
    name,
    points: clocks.map((hertz) => {
      const latencySeconds = slowness * (9e-3 + 4e6 / hertz)
      const averageWatts = cost * (110 + 90 * (hertz / 1.41e9) ** 2.5)
      return {latencySeconds, energyJoules: averageWatts * latencySeconds, knobs: `${hertz / 1e6} MHz`}
    }),
  }))
  return {frontiers, timeOf: 'a pass', energyOf: 'a pass'}
}

/** One curve with the clock to use, over clocks and over power limits. */
export function dvfsLimitsInput(): DvfsInput {
  const {curves, powerLimitWatts} = dvfsInput()
  const [curve] = curves as [DvfsInput['curves'][number]]
  const limits = curve.points
    .filter((_, index) => index % 4 === 0)
    .map(({clockHertz: _, ...costs}, index) => ({...costs, powerLimitWatts: 300 + 60 * index}))
  return {curves: [{...curve, chosen: curve.points[14]!, limits}], powerLimitWatts: powerLimitWatts!}
}

/** Three layers whose products run high and whose norms run low, and one of them in close-up. */
export function clockPlanInput(): ClockPlanInput {
  const kernels = [
    {operator: 'norm', boundBy: 'hbm', clockHertz: 540e6, seconds: 4e-4},
    {operator: 'projection', boundBy: 'tensor', clockHertz: 1140e6, seconds: 2e-3},
    {operator: 'activation', boundBy: 'latency', clockHertz: 1260e6, seconds: 5e-4},
  ]
  let endSeconds = 0
  const segments = [0, 1, 2].flatMap(() =>
    kernels.map(({seconds, ...kernel}) => {
      const startSeconds = endSeconds
      endSeconds += seconds
      return {...kernel, startSeconds, endSeconds}
    }),
  )
  const windowSeconds: [number, number] = [2.9e-3, 5.8e-3]
  return {
    panels: [
      {name: 'One clock a kernel', segments},
      {name: 'One of its layers', segments, windowSeconds},
    ],
    voltageFloorHertz: 1020e6,
  }
}

/** Seven hundred kernels on three devices, predicted within tens of percent. */
export function predictedMeasuredInput(): PredictedMeasuredInput {
  const random = seededRandom(11)
  const classes = ['gemm', 'attention_prefill', 'attention_decode', 'layernorm', 'elementwise', 'softmax']
  const points = ['a100-sxm-80gb', 'h100-sxm', 'a40'].flatMap((device) =>
    Array.from({length: 240}, (_, index) => {
      const measuredSeconds = 10 ** (-5.6 + 4.4 * random())
      const spread = (random() + random() + random() - 1.5) * 0.35
      return {
        device,
        operatorClass: classes[index % 6]!,
        name: `kernel ${index}`,
        measuredSeconds,
        predictedSeconds: measuredSeconds * Math.exp(spread),
      }
    }),
  )
  return {quantity: 'latency', points}
}

/** Errors of three devices in six classes. */
export function errorByClassInput(): ErrorByClassInput {
  const random = seededRandom(5)
  const classes = ['gemm', 'attention_prefill', 'attention_decode', 'layernorm', 'elementwise', 'softmax']
  const groups = classes.flatMap((operatorClass) =>
    ['a100-sxm-80gb', 'h100-sxm', 'a40'].map((device) => {
      const mapeRatio = 0.04 + random() * 0.2
      return {
        device,
        operatorClass,
        rowCount: 120,
        mapeRatio,
        p90Ratio: mapeRatio * (1.5 + random()),
        biasRatio: mapeRatio * (random() - 0.5),
      }
    }),
  )
  return {quantity: 'Latency', groups}
}

/** Errors of one device in eighteen regimes of three classes. */
export function errorByRegimeInput(): ErrorByClassInput {
  const random = seededRandom(9)
  const groups = ['gemm bf16', 'attention_decode bf16', 'allreduce fp16'].flatMap((operatorClass, index) =>
    Array.from({length: 8 - 2 * index}, (_, regime) => {
      const mapeRatio = 0.03 + random() * 0.15
      return {
        device: 'h100-sxm',
        operatorClass,
        regime: `${10 ** (regime % 3)}–${10 ** ((regime % 3) + 1)} ${['M', 'G', 'T'][Math.floor(regime / 3)]}FLOP`,
        rowCount: 40 - 4 * regime,
        mapeRatio,
        p90Ratio: mapeRatio * 2,
        biasRatio: mapeRatio * (2 * random() - 1),
      }
    }),
  )
  return {quantity: 'Latency', groups}
}

/** Two kernels from ideal to predicted: time lost, time saved, and steps too small to draw alone. */
export function waterfallInput(): WaterfallInput {
  const step = (name: string, label: string, seconds: number) => ({name, label, meaning: label, seconds})
  const steps = [
    step('ideal', 'the slowest resource at its peak', 80e-6),
    step('structure', 'tiles, waves, splits and padding', -6e-6),
    step('launch', 'launch, ramp and drain of the kernels of one call', 8e-6),
    step('memory', 'share of the memory peak, which no kernel of this class has ever been seen to reach', 17.6e-6),
    step('split', 'the reduction that follows a split', 0.3e-6),
    step('store', 'results out of one core', 0.1e-6),
  ]
  return {
    kernels: [
      {name: 'h100-sxm: gemm bf16', steps, measuredSeconds: 104e-6},
      {name: 'a100-sxm-80gb: gemm bf16', steps: steps.map((each) => ({...each, seconds: Math.abs(each.seconds) * 1.6}))},
    ],
  }
}

/** Six sweeps of eleven clocks, throttled from 1230 MHz on, with two predictions of each. */
export function measuredSweepInput(): MeasuredSweepInput {
  const random = seededRandom(11)
  const points = (seconds: number, scatterRatio: number, onsetHertz: number) =>
    Array.from({length: 11}, (_, index) => {
      const clockHertz = (510 + 90 * index) * 1e6
      const ranHertz = Math.min(clockHertz, onsetHertz)
      const latencySeconds = seconds * (0.3 + 0.9e9 / ranHertz) * (1 + scatterRatio * (random() - 0.5))
      const averageWatts = 55 + 100 * (ranHertz / 1e9) * (1 + Math.max(0, ranHertz / 1e9 - 1) ** 1.2)
      return {clockHertz, latencySeconds, averageWatts, energyJoules: latencySeconds * averageWatts, throttled: clockHertz > onsetHertz}
    })
  return {
    quantity: 'energy',
    sweeps: [8, 16, 32].flatMap((batch) =>
      [128, 2048].map((tokens) => ({
        name: `opt:opt-1p3b bf16 ${batch} × ${tokens}`,
        measured: points(batch * tokens * 1e-6, 0.04, 1200e6),
        predicted: [
          {name: 'from kernels', points: points(batch * tokens * 0.9e-6, 0, 1290e6)},
          {name: 'from two clocks', points: points(batch * tokens * 1e-6, 0, 1210e6)},
        ],
      })),
    ),
  }
}

/** Made-up designs over an axis of words, one of doubling levels, and two results that trade against each other. */
export function parallelInput(designCount = 500): ParallelInput {
  const random = seededRandom(13)
  const designs = Array.from({length: designCount}, () => {
    const [cores, l2] = [[64, 128, 256][Math.floor(random() * 3)]!, [16, 32, 64, 128][Math.floor(random() * 4)]! * 2 ** 20]
    const latencySeconds = 1e-3 + 1 / cores + random() * 1e-3
    return {dtype: random() < 0.5 ? 'bf16' : 'fp8', cores, l2, latencySeconds, deviceDollars: cores * 9 + l2 / 2e5}
  })
  const front = designs.filter((design) => design.l2 === 16 * 2 ** 20)
  return {
    axes: [
      {field: 'dtype', title: 'dtype', levels: ['bf16', 'fp8']},
      {field: 'cores', title: 'cores', levels: [64, 128, 256]},
      {field: 'l2', title: 'l2', unit: 'bytes', levels: [16, 32, 64, 128].map((each) => each * 2 ** 20)},
      {field: 'latencySeconds', title: 'Latency', unit: 'seconds', better: 'less'},
      {field: 'deviceDollars', title: 'Device cost', unit: 'dollars', better: 'less'},
    ],
    designs,
    designCount,
    isSampled: false,
    front,
    named: [
      {name: 'least latency', row: front[0]!},
      {name: 'least energy per token of decode', row: front[1]!},
      {name: 'knee', row: front[2]!},
    ],
  }
}

/** Three made-up chips of nine parts, and two workloads whose energy has ten sources. */
export function areaInput(): AreaInput {
  const parts = ['cores', 'matrix units', 'interconnect', 'l2', 'hbm', 'links', 'io', 'scratchpads', 'other']
  const sources = ['dram', 'caches', 'scratchpads', 'registers', 'elements', 'matrix', 'vector', 'special', 'static', 'idle']
  return {
    energyOrder: sources,
    designs: ['least latency', 'least energy per token and least cost', 'knee'].map((name, design) => ({
      name,
      areaParts: parts.map((part, index) => ({name: part, squareMillimetres: (300 - 60 * design) / (index + 1)})),
      energies: ['prefill', 'decode'].map((workload, place) => ({
        workload,
        parts: sources.map((source, index) => ({name: source, energyJoules: ((place + 1) * 0.01) / (1 + ((index * 3 + design) % 10))})),
      })),
    })),
  }
}

/** Twelve made-up cells of two workloads: a resource that gives way to another, and two constraints in a corner. */
export function limitsInput(): LimitsInput {
  const cells = [0, 1, 2].flatMap((yIndex) =>
    [0, 1, 2, 3].map((xIndex) => ({
      xIndex,
      yIndex,
      counts: [
        {name: 'hbm', designCount: 12 - 3 * xIndex},
        {name: 'tensor', designCount: 3 * xIndex},
        {name: 'die area ≤ 600 mm²', designCount: xIndex * yIndex},
        {name: 'several constraints', designCount: xIndex === 3 && yIndex === 2 ? 4 : 0},
      ].filter(({designCount}) => designCount > 0),
    })),
  )
  return {
    x: {title: 'cores', levels: ['40', '80', '120', '160']},
    y: {title: 'l2', levels: ['16 MiB', '32 MiB', '64 MiB']},
    limits: [
      {name: 'tensor', kind: 'bound'},
      {name: 'vector', kind: 'bound'},
      {name: 'hbm', kind: 'bound'},
      {name: 'die area ≤ 600 mm²', kind: 'constraint'},
      {name: 'several constraints', kind: 'several'},
    ],
    panels: [
      {name: 'prefill', cells},
      {name: 'decode', cells: cells.slice(0, 8)},
    ],
  }
}

/** Made-up effects of four axes, one of words, one without any, and one whose result turns between its ends. */
export function sensitivityInput(): SensitivityInput {
  const none = {lowResult: 0.2, highResult: 0.2, leastResult: 0.2, mostResult: 0.2}
  const share = (ratio: number) => ({
    firstOrderRatio: ratio,
    firstOrderLow: ratio - 0.03,
    firstOrderHigh: ratio + 0.03,
    totalRatio: ratio * 1.2,
    totalLow: ratio * 1.1,
    totalHigh: ratio * 1.3,
  })
  const bars = [
    {axis: 'l2', lowText: '16 MiB', highText: '64 MiB', ...none, elasticityRatio: 0, ...share(0.01)},
    {
      axis: 'cores',
      lowText: '40',
      highText: '160',
      lowResult: 0.31,
      highResult: 0.12,
      leastResult: 0.12,
      mostResult: 0.31,
      elasticityRatio: -0.83,
      ...share(0.6),
    },
    {
      axis: 'clock',
      lowText: '930 MHz',
      highText: '1.98 GHz',
      lowResult: 0.23,
      highResult: 0.22,
      leastResult: 0.17,
      mostResult: 0.23,
      elasticityRatio: -0.004,
      ...share(0.2),
    },
    {axis: 'dtype', lowText: 'bf16', highText: 'fp8', lowResult: 0.2, highResult: 0.15, leastResult: 0.15, mostResult: 0.2},
  ]
  const panel = {title: 'Latency', unit: 'seconds' as const, baseValue: 0.2, bars}
  return {
    base: 'the knee of the front: cores 80',
    panels: [
      {...panel, name: 'Latency of prefill'},
      {...panel, name: 'Latency of decode', bars: bars.slice(1)},
    ],
  }
}
