import path from 'node:path'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {type ProfileEntry, profileOf} from '../cost/calibrated/profile.js'
import {packageRoot} from '../spec/catalogue.js'
import type {Validation} from '../validate/validate.js'

/**
 * Mean error of latency, as a ratio, that the profiles state for rows which their fits did not see: of the devices, classes and formats
 * that were validated, each weighed by its rows there. Null where no validated trace is a shipped one, or no profile predicted it.
 */
export function heldOutError({traces, fidelity, groups}: Validation): number | null {
  if (fidelity === 'roofline' || !traces.some(isShipped)) return null
  let rowCount = 0
  let errorSum = 0
  const entriesOf = new Map([...new Set(groups.map(({device}) => device))].map((device) => [device, ownEntries(device)]))
  for (const {device, op, dtype, rowCount: count} of groups) {
    const entry = entriesOf.get(device)!.find((each) => each.class === op && each.dtype === dtype)
    if (entry === undefined) continue
    rowCount += count
    errorSum += entry.heldOut.mape * count
  }
  return rowCount === 0 ? null : errorSum / rowCount
}

/** What was measured on a device itself, as its profile has it. */
export function ownEntries(device: string): readonly ProfileEntry[] {
  return profileOf(loadAccelerator(device)).filter((entry) => entry.device === device)
}

/** What a reader must know of shipped rows: the fits saw them. */
export function seenRowsText(heldOutMapeRatio: number): string {
  const percent = Number((heldOutMapeRatio * 100).toPrecision(3))
  return `the shipped ones of a fitted class are among those that the fits saw; on rows of these classes that the fits did not see, latency is ${percent} % off on average`
}

/** Measurements that are shipped beside an accelerator are a part of those that its profile was fitted to. */
function isShipped(trace: string): boolean {
  return (
    path.basename(trace) === 'measured.csv' && path.dirname(path.dirname(path.resolve(trace))) === path.join(packageRoot, 'accelerators')
  )
}
