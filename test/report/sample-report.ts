import type {Report} from '../../src/report/report.js'
import {breakdownInput, dvfsInput, errorByClassInput, paretoInput, predictedMeasuredInput, rooflineInput} from './sample-inputs.js'

/** Text that would run, or end its element, if it were not escaped. */
export const hostileText = `</script><script>window.owned = 1</script><img src=x onerror="window.owned = 1">\u2028 & 'done'`

/** Every kind of figure, a table, and hostile words wherever a user's words can stand. */
export function sampleReport(pointCount = 10_000): Report {
  return {
    title: 'Llama-3.1-8B around the H100',
    summary: ['Ten thousand designs, of which the front keeps a few dozen.', hostileText],
    sections: [
      {
        title: 'Designs',
        text: ['Every point is one design; drag over the figure to list the designs inside.'],
        figures: [
          {name: 'front', title: 'Energy against latency', caption: 'Prefill, batch 8.', kind: 'pareto', input: paretoInput(pointCount)},
        ],
      },
      {
        title: 'One machine',
        text: [hostileText],
        tables: [
          {
            caption: 'Corners of the front',
            columns: [
              {field: 'name', title: 'Corner'},
              {field: 'latencySeconds', title: 'Latency', unit: 'seconds'},
              {field: 'energyJoules', title: 'Energy', unit: 'joules'},
              {field: 'deviceDollars', title: 'Cost', unit: 'dollars'},
            ],
            rows: [
              {name: 'least latency', latencySeconds: 3.2e-6, energyJoules: 0.0125, deviceDollars: 12_345},
              {name: hostileText, latencySeconds: 0.0123, energyJoules: null, deviceDollars: 9_000},
            ],
          },
        ],
        figures: [
          {name: 'roofline', title: 'Roofline of h100-sxm', caption: hostileText, kind: 'roofline', input: rooflineInput()},
          {name: 'breakdown', title: 'Where time and energy go', caption: 'Four machines.', kind: 'breakdown', input: breakdownInput()},
          {name: 'clock', title: 'Over the clock', caption: 'Prefill under 700 W.', kind: 'dvfs', input: dvfsInput()},
          {name: 'clocks', title: 'Two phases over the clock', caption: 'Prefill and decode.', kind: 'dvfs', input: dvfsInput(2)},
        ],
      },
      {
        title: 'How good the model is',
        figures: [
          {
            name: 'predicted',
            title: 'Predicted and measured',
            caption: 'Kernels.',
            kind: 'predicted-measured',
            input: predictedMeasuredInput(),
          },
          {name: 'errors', title: 'Errors by class', caption: 'Kernels.', kind: 'error-by-class', input: errorByClassInput()},
        ],
      },
    ],
  }
}
