import type {Fact} from '../explanation.js'
import {blocksPerCore, type GemmPhases, type GemmRates, type ProductBytes, reductionSeconds, rereadBytes, waveCount} from './gemm-phases.js'
import type {Tiling} from './gemm-tiles.js'

/** What stands behind the time of a product under its chosen tiling. */
export function gemmFacts(tiling: Tiling, phases: GemmPhases, rates: GemmRates, bytes: ProductBytes): readonly Fact[] {
  const {blockCount, splitCount, rows, columns, residentCount, elementCount, operationCount, requestedElementCount} = tiling
  const paddedCount = (blockCount / splitCount) * elementCount
  return [
    {name: 'tile', value: `${rows} x ${columns}`, unit: ''},
    {name: 'split of the depth', value: splitCount, unit: ''},
    {name: 'blocks', value: blockCount, unit: ''},
    {name: 'blocks a core holds', value: residentCount, unit: ''},
    {name: 'waves', value: waveCount(tiling, rates), unit: ''},
    {name: rates.isPersistent ? 'blocks’ work of each core' : 'blocks of the fullest core', value: blocksPerCore(tiling, rates), unit: ''},
    {name: 'padding', value: 1 - bytes.resultCount / paddedCount, unit: 'ratio'},
    {name: 'operations executed', value: blockCount * operationCount, unit: 'op'},
    {name: 'cache to cores', value: blockCount * requestedElementCount * bytes.operandBytes, unit: 'B'},
    {name: 'main memory', value: phases.dramSeconds / rates.secondsPerDramByte, unit: 'B'},
    {name: 'of it read again', value: rereadBytes(tiling, rates, bytes), unit: 'B'},
    {name: 'operands kept in the cache', value: 1 - rates.cacheReadRatio, unit: 'ratio'},
    {name: 'launch', value: rates.launchSeconds * 1e6, unit: 'us'},
    {name: 'reduction', value: reductionSeconds(tiling, rates, bytes.resultCount) * 1e6, unit: 'us'},
    {name: 'units', value: phases.unitSeconds * 1e6, unit: 'us'},
    {name: 'ports of the cores', value: phases.portSeconds * 1e6, unit: 'us'},
    {name: 'shared cache', value: phases.cacheSeconds * 1e6, unit: 'us'},
    {name: 'main memory time', value: phases.dramSeconds * 1e6, unit: 'us'},
  ]
}
