import type {ProfileEntry} from '../cost/calibrated/profile.js'
import type {Table} from '../report/table.js'
import type {Validation} from '../validate/validate.js'
import {ownEntries} from './held-out-error.js'

/** How far one class and format of a device was predicted, as its profile states it; ratios of the measured latency. */
export interface ProfileError {
  readonly device: string
  readonly operatorClass: string
  readonly dtype: string
  /** How the measured kernels were issued: from a graph on the device, or each alone by a host. */
  readonly launch: ProfileEntry['launch']
  readonly rowCount: number
  /** Of the ideal bound. */
  readonly rooflineMapeRatio: number
  /** These and the rest are of rows that the fit did not see. */
  readonly mapeRatio: number
  readonly medianRatio: number
  readonly p90Ratio: number
  readonly biasRatio: number
}

/** What the profiles of the validated devices state of rows that their fits did not see, device by device. */
export function profileErrors({groups, fidelity}: Validation): ProfileError[] {
  if (fidelity === 'roofline') return []
  const devices = [...new Set(groups.map(({device}) => device))]
  return devices.flatMap((device) =>
    ownEntries(device).map(({class: operatorClass, dtype, launch, rowCount, roofline, heldOut}) => ({
      device,
      operatorClass,
      dtype,
      launch,
      rowCount,
      rooflineMapeRatio: roofline.mape,
      mapeRatio: heldOut.mape,
      medianRatio: heldOut.median,
      p90Ratio: heldOut.p90,
      biasRatio: heldOut.bias,
    })),
  )
}

/** The same as a table of a report. */
export function profileErrorTable(errors: readonly ProfileError[]): Table {
  return {
    caption: 'Error of latency on rows that no fit saw, as the profiles state it',
    columns: [
      {field: 'device', title: 'Device'},
      {field: 'operatorClass', title: 'Operator class'},
      {field: 'dtype', title: 'Format'},
      {field: 'launch', title: 'Issued'},
      {field: 'rowCount', title: 'Rows', unit: 'count'},
      {field: 'rooflineMapeRatio', title: 'Plain roofline', unit: 'ratio'},
      {field: 'mapeRatio', title: 'Mean', unit: 'ratio'},
      {field: 'medianRatio', title: 'Median', unit: 'ratio'},
      {field: 'p90Ratio', title: '90th percentile', unit: 'ratio'},
      {field: 'biasRatio', title: 'Bias', unit: 'ratio'},
    ],
    rows: errors.map((error) => ({...error})),
  }
}
