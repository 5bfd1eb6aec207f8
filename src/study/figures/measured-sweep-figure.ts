import type {ClockPoint} from '../../report/charts/dvfs-panel.js'
import type {MeasuredSweepInput} from '../../report/charts/measured-sweep.js'
import {areBandsDrawn, bandsOver} from '../../uncertainty/over-settings.js'
import type {SweepMethod} from '../../validate/sweep-methods.js'
import type {SweepResult} from '../../validate/sweep-validation.js'
import type {SweepPoint, SweptWorkload} from '../../validate/sweeps.js'
import {resolveModelName} from '../../workload/aliases.js'
import {rowText} from '../measured-kernel.js'
import type {MeasuredPass} from '../validate-study.js'
import {type BandEnds, bandEnds} from './dvfs-figure.js'
import {type FigureBuilder, type FigureRequest, needed} from './figure-context.js'
import {validationOf} from './validation-figures.js'

const drawnMethods: readonly (readonly [method: SweepMethod, name: string])[] = [
  ['kernels', 'from kernels'],
  ['two-clocks', 'from two clocks'],
]

/** Measured sweeps of the core clock with their predictions: all of them, or those that `measured` tells by its columns. */
export const measuredSweepFigure: FigureBuilder<MeasuredSweepInput> = (request) => {
  const quantity = needed(request, 'quantity')
  const found = sweepsOf(request)
  const {passOf} = validationOf(request)
  return {
    quantity,
    sweeps: found.map(({workload, measured, methods}) => ({
      name: nameOf(workload),
      measured: measured.map(clockPoint),
      predicted: drawnMethods.flatMap(([method, name]) =>
        methods
          .filter((each) => each.method === method)
          .map(({predicted}) => {
            const bands = method === 'kernels' && quantity !== 'latency' ? bandsAlong(passOf(workload), workload, predicted) : []
            return {name, points: predicted.map((point, index) => ({...clockPoint(point), ...bands[index]}))}
          }),
      ),
    })),
  }
}

function nameOf({model, dtype, batch, tokens}: SweptWorkload): string {
  return `${resolveModelName(model) ?? model} ${dtype}, batch ${batch ?? 1}, ${tokens ?? 1} tokens`
}

/** Bands of a predicted sweep under its power limit; none where an estimate of the device states no range. */
function bandsAlong(pass: MeasuredPass | undefined, {powerLimitWatts}: SweptWorkload, points: readonly SweepPoint[]): BandEnds[] {
  if (pass === undefined || !areBandsDrawn([pass.accelerator], undefined)) return []
  const settings = points.map(({clockHertz}) => ({clockHertz, powerLimitWatts}))
  return bandsOver(pass.accelerator, pass.workload, settings, {fidelity: pass.fidelity}).map(bandEnds)
}

function clockPoint({clockHertz, latencySeconds, energyJoules, throttled}: SweepPoint): ClockPoint {
  return {clockHertz, latencySeconds, energyJoules, averageWatts: energyJoules / latencySeconds, throttled}
}

function sweepsOf(request: FigureRequest): readonly SweepResult[] {
  const {spec, context, pointer} = request
  const all = (validationOf(request).result.sweeps?.sweeps ?? []).filter(({methods}) => methods.length > 0)
  const {measured: columns = {}} = spec
  const found = all.filter(({workload: {op, model, dtype, batch, tokens}}) =>
    Object.entries(columns).every(([column, cell]) => ({op, model, dtype, batch, seq_q: tokens})[column] === cell),
  )
  if (found.length > 0) return found
  const asked = Object.keys(columns).length === 0 ? '' : ` of ${rowText(columns)}`
  throw context.study.source.error(
    `${pointer}/${spec.measured === undefined ? 'chart' : 'measured'}`,
    `the traces hold no predicted sweep${asked}`,
    [
      'a sweep needs eleven clocks, at most 90 MHz apart, with energy, power and limit',
      ...(all.length === 0 ? [] : [`${all.length} others are there`]),
    ],
    'UNKNOWN_NAME',
  )
}
