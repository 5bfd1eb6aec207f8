/** Words that levels move of tensors, by level and tensor, over all instances; added up as they are found. */
export interface TrafficTable {
  readonly tensorCount: number
  readonly readWords: Float64Array
  readonly fillWords: Float64Array
  readonly updateWords: Float64Array
}

/** A table in which nothing has moved. */
export function trafficTable(levelCount: number, tensorCount: number): TrafficTable {
  const table = () => new Float64Array(levelCount * tensorCount)
  return {tensorCount, readWords: table(), fillWords: table(), updateWords: table()}
}

/** Adds what a level moves of a tensor. */
export function addTraffic(table: TrafficTable, level: number, tensor: number, reads: number, fills: number, updates: number): void {
  const cell = level * table.tensorCount + tensor
  table.readWords[cell]! += reads
  table.fillWords[cell]! += fills
  table.updateWords[cell]! += updates
}

/** The sum of tables of one shape. */
export function sumOfTables(tables: readonly TrafficTable[]): TrafficTable {
  const [first] = tables
  const sum = trafficTable(first!.readWords.length / first!.tensorCount, first!.tensorCount)
  for (const table of tables)
    for (const words of ['readWords', 'fillWords', 'updateWords'] as const)
      for (let cell = 0; cell < table[words].length; cell++) sum[words][cell]! += table[words][cell]!
  return sum
}
