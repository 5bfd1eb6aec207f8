export type SqlParameter = number | string

/** SQL with its parameters: no word of the person's is ever part of the text. */
export interface SqlPart {
  readonly text: string
  readonly parameters: readonly SqlParameter[]
}
