import path from 'node:path'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {kernelModels} from '../../src/cost/calibrated/kernel-models.js'
import {readTrace} from '../../src/trace/read-trace.js'
import {traceRequest} from '../../src/trace/to-operator.js'
import {kernelBench} from '../../src/validate/measured-kernel.js'
import {written} from '../faults/refusal.js'

/** What a made trace is measured at: the starts of the model, every second one a fifth larger. */
export function madeParameters(): Float64Array {
  const specs = Object.values(kernelModels.softmax!.parameters)
  return Float64Array.from(specs, ({start, most}, index) => Math.min(most, start * (index % 2 ? 1.2 : 1)))
}

const heading = 'device,source,framework,op,dtype,m,n,latency_us,notes'

/** So many softmax kernels of a device, as text: no two alike, over four decades of bytes. */
export function softmaxRows(device: string, seconds: readonly number[]): string {
  const lines = seconds.map((each, index) => {
    const [m, n] = [[16, 256, 2048, 16384][index % 4], 512 * (1 + index)]
    return `${device},made,by hand,softmax,bf16,${m},${n},${each * 1e6},launch=alone`
  })
  return `${[heading, ...lines].join('\n')}\n`
}

/** A trace of 48 kernels that take exactly what the model says of an accelerator, under the power limit; as if measured on a device. */
export async function madeTrace(folder: string, device: string, accelerator = 'a100-sxm-80gb', rowCount = 48): Promise<string> {
  const bare = written(folder, 'bare.csv', softmaxRows(device, new Array<number>(rowCount).fill(1e-6)))
  const bench = kernelBench(loadAccelerator(accelerator), madeParameters())
  const seconds: number[] = []
  for await (const row of readTrace(bare)) {
    const request = traceRequest(row)
    if (request.kind !== 'operator') throw new Error('not a kernel')
    seconds.push(bench(request, row).settledSeconds())
  }
  return written(folder, path.join('traces', `${device}.csv`), softmaxRows(device, seconds))
}
