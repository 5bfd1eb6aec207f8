/** A kind of CSV file of measured data, told apart by its column names. */
export interface TraceFormat {
  /** A file with all of these columns is of this format. */
  readonly requiredColumns: readonly string[]
  readonly holds: string
  /** What to do with such a file, as an instruction. */
  readonly use: string
}
