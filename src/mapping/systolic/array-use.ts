import {skewCycles} from './fold-cycles.js'
import type {NestFolds, PlacedArray} from './nest-folds.js'

/** What a mapping makes of a systolic array; of one array, all of which run alike. */
export interface ArrayUse {
  readonly rows: number
  readonly columns: number
  /** The tensor that stays in the cells. */
  readonly stationary: string
  readonly foldCount: number
  /** Folds that begin with what stays moving in, one row a cycle. */
  readonly loadCount: number
  /** Of one load, of one fold on average, and from the first cell to the last. */
  readonly loadCycles: number
  readonly streamCycles: number
  readonly skewCycles: number
  /** Of all folds; loads hide behind streams where cells have registers for the next tile. */
  readonly cycles: number
  readonly hidesLoads: boolean
  /** Cells that hold something, over all of them, on average over the folds. */
  readonly mappingEfficiencyRatio: number
}

/** The folds of a mapping by which one array does `operationCount` multiply-adds in `stepCount` steps. */
export function arrayUse(array: PlacedArray, folds: NestFolds, stationary: string, operationCount: number, stepCount: number): ArrayUse {
  const {rows, columns, isPreloading} = array
  return {
    rows,
    columns,
    stationary,
    foldCount: folds.foldCount,
    loadCount: folds.loadCount,
    loadCycles: rows,
    streamCycles: folds.streamCycles / folds.foldCount,
    skewCycles: skewCycles(array),
    cycles: folds.cycles,
    hidesLoads: isPreloading,
    mappingEfficiencyRatio: operationCount / (stepCount * rows * columns),
  }
}
