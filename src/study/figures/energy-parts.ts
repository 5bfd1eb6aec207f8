import type {Metric} from '../../cost/metrics.js'
import type {PointRow} from '../../store/space-reader.js'

/** What takes energy, whatever an accelerator names its parts, from main memory inward. */
const energyColumns = {
  dramJoules: 'main memory',
  linkJoules: 'links',
  cacheJoules: 'caches',
  scratchpadJoules: 'scratchpads',
  registerJoules: 'registers',
  elementJoules: 'elements',
  matrixJoules: 'matrix units',
  vectorJoules: 'vector units',
  specialJoules: 'special functions',
  clockingJoules: 'clocking',
  regulatorJoules: 'regulator',
  staticJoules: 'static',
  idleJoules: 'idle',
} satisfies Partial<Record<Metric, string>>

/** Sources of energy in the order in which figures show them. */
export const energySources: readonly string[] = Object.values(energyColumns)

/** The energy of a stored point by its source. */
export function energyParts(row: PointRow): {readonly name: string; readonly energyJoules: number}[] {
  return Object.entries(energyColumns).map(([column, name]) => ({name, energyJoules: Number(row[column] ?? 0)}))
}
