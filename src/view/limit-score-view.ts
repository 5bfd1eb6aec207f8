import {formatTable} from '../cli/table.js'
import {formatPercent} from '../cli/text.js'
import type {LimitErrors, LimitMethod, LimitValidation} from '../validate/limit-validation.js'

const methodTexts: Readonly<Record<LimitMethod, string>> = {
  'two-limits': 'two highest limits',
  'two-limits-unfitted': 'as ridge extrapolate',
  'constant-time': 'constant',
  linear: 'linear',
  'fixed-limit': 'one limit for all',
}

/** How well work under lower power limits is predicted from its two highest, and what choosing a limit by it costs. */
export function limitScoreText({sweepCount, unheld, skipped, methods}: LimitValidation): string {
  const lines = [
    `prediction of ${sweepCount} sweeps of power limits, each from its two highest`,
    '(the device is fitted to the other networks, or as its file has it for "ridge extrapolate";',
    ' what work is like was chosen with all in view)',
    formatTable(
      [
        {header: 'device', cell: ({device}) => device, align: 'left'},
        {header: 'from', cell: ({method}) => methodTexts[method], align: 'left'},
        {header: 'limits', cell: ({limitCount}) => (limitCount === 0 ? '' : String(limitCount)), align: 'right', dropOrder: 2},
        {header: 'time', cell: ({errors}) => formatPercent(errors?.latencyRatio)},
        {header: 'energy', cell: ({errors}) => formatPercent(errors?.energyRatio)},
        ...(unheld.length === 0
          ? []
          : [
              {
                header: 'held',
                cell: ({heldCount}: LimitErrors) => (heldCount === 0 ? '' : String(heldCount)),
                align: 'right' as const,
                dropOrder: 2,
              },
              {header: 'time', cell: ({heldErrors}: LimitErrors) => formatPercent(heldErrors?.latencyRatio)},
              {header: 'energy', cell: ({heldErrors}: LimitErrors) => formatPercent(heldErrors?.energyRatio)},
            ]),
        {header: 'slowed', cell: ({chosenCount}) => String(chosenCount), dropOrder: 1},
        {header: 'best or next', cell: ({nearBestRatio}) => formatPercent(nearBestRatio)},
        {header: 'regret', cell: ({regretRatio}) => formatPercent(regretRatio)},
      ],
      methods,
    ),
  ]
  for (const {device, powerLimitWatts} of unheld)
    lines.push(`${device} can't hold ${powerLimitWatts} W: most rows exceed it; "held" leaves them out`)
  for (const {device, reason} of skipped) lines.push(`${device} is left out: ${reason}`)
  return lines.join('\n')
}
