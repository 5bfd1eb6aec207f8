type Paint = (text: string) => string

export interface Palette {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

const codes = {bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39]} satisfies Record<
  keyof Palette,
  [number, number]
>

/** Where text goes, and what was said about colour. */
export interface ColourSetting {
  readonly isTTY?: boolean
}

/** Colours for a stream: paint on a terminal, plain text elsewhere, with NO_COLOR or with `--no-color`. */
export function palette(
  stream: ColourSetting,
  environment: NodeJS.ProcessEnv = process.env,
  argv: readonly string[] = process.argv,
): Palette {
  const isColoured = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb' && !argv.includes('--no-color')
  const paint = ([open, close]: [number, number]): Paint =>
    isColoured ? (text) => `\u001B[${open}m${text}\u001B[${close}m` : (text) => text
  return {
    bold: paint(codes.bold),
    dim: paint(codes.dim),
    red: paint(codes.red),
    green: paint(codes.green),
    yellow: paint(codes.yellow),
    cyan: paint(codes.cyan),
  }
}
