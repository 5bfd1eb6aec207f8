import path from 'node:path'

/** One file of src/, by its path from there with forward slashes. */
export interface SourceFile {
  readonly file: string
  readonly text: string
}

const leftOfCost = ['foundation', 'spec', 'accelerator', 'workload', 'mapping', 'timeloop', 'search']
const flowToStore = [...leftOfCost, 'cost', 'frontier', 'uncertainty', 'dvfs', 'system', 'sweep', 'store', 'cluster']

/** What each folder may import from, besides itself: the picture of the data flow. `.` is src/ itself. */
export const importsAllowed: Readonly<Record<string, readonly string[]>> = {
  foundation: [],
  spec: ['foundation'],
  accelerator: ['foundation', 'spec'],
  workload: ['foundation', 'spec'],
  ...Object.fromEntries(flowToStore.map((folder, index) => [folder, flowToStore.slice(0, index)] as const).slice(4)),
  trace: ['foundation', 'spec', 'workload'],
  extrapolate: [...leftOfCost, 'cost', 'frontier', 'dvfs', 'trace'],
  validate: [...leftOfCost, 'cost', 'frontier', 'dvfs', 'trace', 'extrapolate'],
  report: [...flowToStore, 'trace', 'extrapolate', 'validate'],
  study: [...flowToStore, 'trace', 'extrapolate', 'validate', 'report'],
  cli: ['foundation'],
  view: [...flowToStore, 'trace', 'extrapolate', 'validate', 'report', 'study', 'cli'],
  commands: [...flowToStore, 'trace', 'extrapolate', 'validate', 'report', 'study', 'cli', 'view'],
  '.': [...flowToStore, 'trace', 'extrapolate', 'validate', 'report', 'study', 'cli'],
}

/** Packages with one door: where alone they may be imported. */
const doors: readonly {readonly package: RegExp; readonly door: RegExp}[] = [
  {package: /^(yaml|ajv)(\/|$)/, door: /^spec\//},
  {package: /^mathjs(\/|$)/, door: /^foundation\/(quantity|expression)\.ts$/},
  {package: /^better-sqlite3$/, door: /^store\//},
  {package: /^(vega(-.*)?|@resvg\/.*|pdfkit|svg-to-pdfkit|fontkit)(\/|$)/, door: /^report\//},
  {package: /^node:child_process$/, door: /^cluster\/run-program\.ts$/},
  {package: /^cli-progress$/, door: /^cli\//},
  {package: /^@oclif\//, door: /^(cli|view|commands)\//},
]

/** Packages that take long to load: reached by `import()` or `require` inside a function, so that other commands do not pay. */
const heavyPackage = /^(mathjs|ajv|vega(-.*)?|@resvg\/.*|pdfkit|svg-to-pdfkit|fontkit|cli-progress|hyparquet-writer)(\/|$)/

interface Import {
  readonly specifier: string
  readonly isLazy: boolean
  readonly isTypeOnly: boolean
}

/** Every import of a file: static, type-only, dynamic and through require. */
export function importsOf({text}: SourceFile): Import[] {
  const code = withoutComments(text)
  const statics = [...code.matchAll(/^(?:import|export)\s+(type\s)?[^'"`;]*?\bfrom\s*'([^']+)'|^import\s+'([^']+)'/gm)].map(
    ([, type, from, bare]) => ({
      specifier: from ?? bare ?? '',
      isLazy: false,
      isTypeOnly: type !== undefined,
    }),
  )
  const lazy = [...code.matchAll(/\b(typeof\s+)?import\(\s*'([^']+)'\s*\)|\b(?:require|createRequire\([^)]*\))\(\s*'([^']+)'/g)].map(
    ([, type, dynamic, required]) => ({
      specifier: dynamic ?? required ?? '',
      isLazy: true,
      isTypeOnly: type !== undefined,
    }),
  )
  return [...statics, ...lazy]
}

/** Imports that run against the flow, or to a folder that the picture does not have. */
export function flowProblems(source: SourceFile): string[] {
  const folder = folderOf(source.file)
  const allowed = importsAllowed[folder]
  if (allowed === undefined) return [`${source.file}: the folder ${folder} is not in the picture`]
  return localImports(source)
    .filter((target) => folderOf(target) !== folder && !allowed.includes(folderOf(target)))
    .map((target) => `${source.file} imports ${target}`)
}

/** Packages imported past their door, or at the top of a file though they are heavy. */
export function packageProblems(source: SourceFile): string[] {
  return importsOf(source)
    .filter(({specifier}) => !specifier.startsWith('.'))
    .flatMap(({specifier, isLazy, isTypeOnly}) => [
      ...doors
        .filter((rule) => rule.package.test(specifier) && !rule.door.test(source.file))
        .map(() => `${source.file} imports ${specifier} past its door`),
      ...(heavyPackage.test(specifier) && !isLazy && !isTypeOnly ? [`${source.file} loads ${specifier} before it is needed`] : []),
    ])
}

/** A ring of files that import each other, if there is one; type imports count. */
export function importCycle(sources: readonly SourceFile[]): string[] | undefined {
  const targets = new Map(sources.map((source) => [source.file, localImports(source)]))
  const done = new Set<string>()
  const follow = (file: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const target of targets.get(file) ?? []) {
      const cycle = follow(target, [...trail, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of targets.keys()) {
    const cycle = follow(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** Files too long to hold in the head; a command is a thin one. */
export function lengthProblems({file, text}: SourceFile): string[] {
  const lineCount = text.trimEnd().split('\n').length
  const maximumCount = file.startsWith('commands/') ? 80 : 300
  return lineCount > maximumCount ? [`${file} has ${lineCount} lines, more than ${maximumCount}`] : []
}

/** Uses of the type `any`. */
export function anyProblems({file, text}: SourceFile): string[] {
  const code = withoutComments(text).replaceAll(/'[^'\n]*'|`[^`]*`/g, "''")
  return [...code.matchAll(/(?::|\bas|<|,|\||&|=>|=)\s*any\b(?!\s*[:(.?])/g)].map(({index}) => `${file}:${lineAt(code, index)} uses any`)
}

/** Exported functions without a sentence that adds to the name. */
export function docProblems({file, text}: SourceFile): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1]
    return name === undefined || /\*\/\s*$/.test(lines[index - 1] ?? '') ? [] : [`${file}:${index + 1} ${name} has no doc comment`]
  })
}

const unit =
  'Seconds|Milliseconds|Joules|Watts|Bytes|Bits|Words|Cycles|Hertz|Volts|Dollars|Grams|Kelvin|Celsius|Flops|SquareMillimetres|Millimetres|Pixels|Inches'
const plainNumber = 'Count|Index|Ratio|Exponent|Code|Mape|Order|Value|Version'
/** Sizes of models, tensors, passes and loop nests, and places in a nest, are counts of what the name says. */
const countedThing =
  'tokens|heads|layers|repeats|tables|parameters|experts|ranks|rows|types|labels|channels|steps|samples|devices|dim|rank|parallel|size|window|batch|seq|intermediate|keys|threads|workers|walk|columns|depth|instances|reads|fills|updates|' +
  'extents?|strides?|sizes|coefficients|level|dimensions?|indices|shift|low|high|parent|child|fanout[xy]?'
const namesUnit = new RegExp(`(${unit}|${plainNumber})s?$|Per[A-Z]\\w*$|^(${unit.toLowerCase()}|${plainNumber.toLowerCase()})s?([A-Z]|$)`)
const namesCount = new RegExp(`(^|[a-z])(${countedThing})$`, 'i')
/** Fields whose unit is their own: matrix sizes, places in a file, error metrics, columns of text, model dimensions by their published names. */
const ownUnit = new Set([
  ...[
    'm',
    'n',
    'k',
    'line',
    'column',
    'clock',
    'mape',
    'median',
    'p90',
    'bias',
    'x',
    'y',
    'values',
    'version',
    'seed',
    'vector',
    'width',
    'height',
    'limit',
    'id',
  ],
  // Places in a problem, a hierarchy and a nest of loops.
  ...['dimension', 'level', 'tensor', 'outermost', 'innermost', 'first', 'last', 'turns', 'point'],
  // Of a fitted parameter, in the unit that stands beside them.
  ...['value', 'least', 'most', 'start', 'ideal'],
  // Of an objective, in the unit of its metric.
  ...['lowResult', 'highResult', 'leastResult', 'mostResult'],
  'rowCapacity',
  ...['hidden', 'vocabulary', 'topK', 'minimum', 'maximum', 'seqQ', 'seqKv', 'embedding', 'attention', 'mlp', 'norms', 'head'],
])

/** Numbers in exported interfaces whose name does not say their unit. */
export function unitProblems({file, text}: SourceFile): string[] {
  const code = withoutComments(text)
  return [...code.matchAll(/^export interface (\w+)[^{]*\{([\s\S]*?)^\}/gm)].flatMap(([, owner, body]) =>
    [
      ...(body ?? '').matchAll(
        /^\s*(?:readonly\s+)?(\w+)\??:\s*(?:readonly\s+)?(?:number|Float64Array)(?:\[\])?(?:\s*\|\s*(?:null|undefined))*\s*[;,]?$/gm,
      ),
    ]
      .map(([, name]) => name ?? '')
      .filter((name) => !namesUnit.test(name) && !namesCount.test(name) && !ownUnit.has(name))
      .map((name) => `${file}: ${owner}.${name} does not name its unit`),
  )
}

function localImports(source: SourceFile): string[] {
  return importsOf(source)
    .filter(({specifier}) => specifier.startsWith('.'))
    .map(({specifier}) => path.posix.join(path.posix.dirname(source.file), specifier).replace(/\.js$/, '.ts'))
    .filter((target) => !target.startsWith('..'))
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '.'
}

/** Block comments and whole-line comments become blank, and lines keep their numbers. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' ')).replaceAll(/^\s*\/\/.*$/gm, '')
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
