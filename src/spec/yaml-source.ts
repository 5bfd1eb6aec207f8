import {isUtf8} from 'node:buffer'
import {closeSync, openSync, readSync} from 'node:fs'
import path from 'node:path'
import type {Document, LineCounter} from 'yaml'
import {UserError} from '../foundation/user-error.js'
import {parsedData} from './parsed.js'
import {SpecError, type SpecProblem} from './spec-error.js'
import {yaml} from './yaml-library.js'

const maximumBytes = 8 * 2 ** 20

/** Data that knows the place of each of its values. */
export interface SpecSource {
  readonly file: string
  readonly data: unknown
  problem(pointer: string, message: string, suggestions?: readonly string[]): SpecProblem
  error(pointer: string, message: string, suggestions?: readonly string[], code?: string): SpecError
}

/** Text of a YAML or JSON file that remembers where each value stands. */
export class YamlSource implements SpecSource {
  readonly file: string
  /** Where the text was read from; undefined for text that stands in no file. */
  readonly path: string | undefined
  readonly data: unknown
  readonly #text: string
  #parsed: {readonly document: Document; readonly lines: LineCounter} | undefined

  private constructor(text: string, file: string, path?: string) {
    this.file = file
    this.path = path
    this.#text = text
    const known = path === undefined ? undefined : parsedData(text)
    this.data = known === undefined ? this.#read() : known.data
  }

  /** The document with its places; a shipped file, whose data were parsed at build time, needs it for errors only. */
  get #tree(): {readonly document: Document; readonly lines: LineCounter} {
    if (this.#parsed === undefined) {
      const {LineCounter: Counter, parseDocument} = yaml()
      const lines = new Counter()
      this.#parsed = {
        lines,
        document: parseDocument(this.#text, {lineCounter: lines, prettyErrors: false, uniqueKeys: true, logLevel: 'error'}),
      }
    }
    return this.#parsed
  }

  #read(): unknown {
    const {document} = this.#tree
    const [error] = document.errors
    if (error !== undefined) throw this.#malformed(error.pos[0], plainReason(error.message))
    if (this.#text.includes('*')) this.#checkAliases()
    try {
      return document.toJS({maxAliasCount: 100})
    } catch (cause) {
      if (cause instanceof RangeError) throw this.#malformed(0, 'values are nested too deeply')
      if (!(cause instanceof ReferenceError)) throw cause
      throw this.#malformed(0, 'its aliases (*name) repeat each other until they would fill the memory')
    }
  }

  /** An alias must name an anchor that stands before it and does not hold it. */
  #checkAliases(): void {
    const {isAlias, isNode, visit} = yaml()
    const anchors = new Set<string>()
    visit(this.#tree.document, {
      Node: (_key, node, ancestors) => {
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchors.add(node.anchor)
          return
        }
        const position = node.range?.[0] ?? 0
        if (!anchors.has(node.source)) throw this.#malformed(position, `no anchor &${node.source} stands before the alias *${node.source}`)
        const isInside = ancestors.some((each) => isNode(each) && 'anchor' in each && each.anchor === node.source)
        if (isInside) throw this.#malformed(position, `the alias *${node.source} stands inside of what it repeats`)
      },
    })
  }

  #malformed(position: number, reason: string): SpecError {
    const {line, col} = this.#tree.lines.linePos(position)
    const isJson = /\.json$/i.test(this.file)
    const suggestions = [
      isJson ? 'check the commas, brackets and quotes at that place' : 'check the indentation and the quotes at that place',
    ]
    return new SpecError(
      [{file: this.file, line, column: col, pointer: '/', message: `this is not ${isJson ? 'JSON' : 'YAML'}: ${reason}`, suggestions}],
      'YAML_MALFORMED',
    )
  }

  /** Parses text as if it stood in `file`. */
  static parse(text: string, file: string, path?: string): YamlSource {
    return new YamlSource(text.startsWith('\uFEFF') ? text.slice(1) : text, file, path)
  }

  /** Reads a file; its name is shown in errors relative to the working folder when it lies below it. */
  static read(file: string): YamlSource {
    const relative = path.relative(process.cwd(), file)
    const shown = relative.startsWith('..') || path.isAbsolute(relative) ? file : relative
    return YamlSource.parse(readText(file), shown, file)
  }

  /** A problem at the value that `pointer` names, or at its nearest ancestor when it is missing. */
  problem(pointer: string, message: string, suggestions: readonly string[] = []): SpecProblem {
    return {file: this.file, ...this.#place(pointer), pointer: pointer === '' ? '/' : pointer, message, suggestions}
  }

  /** The error for a single problem. */
  error(pointer: string, message: string, suggestions: readonly string[] = [], code?: string): SpecError {
    return new SpecError([this.problem(pointer, message, suggestions)], code)
  }

  /** Whether a value stands at `pointer` in this very text. */
  has(pointer: string): boolean {
    return this.valueAt(pointer) !== undefined
  }

  /** What stands at `pointer` in this very text; undefined where nothing does. */
  valueAt(pointer: string): unknown {
    let value = this.data
    for (const key of keysOf(pointer)) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
      value = (value as Record<string | number, unknown>)[key]
    }
    return value
  }

  #place(pointer: string): {line: number; column: number} {
    const keys = keysOf(pointer)
    const {document, lines} = this.#tree
    for (let depth = keys.length; depth >= 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true)
      if (yaml().isNode(node) && node.range) {
        const {line, col} = lines.linePos(node.range[0])
        return {line, column: col}
      }
    }
    return {line: 1, column: 1}
  }
}

function keysOf(pointer: string): (string | number)[] {
  const keys = pointer.split('/').slice(1)
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')).map((key) => (/^\d+$/.test(key) ? Number(key) : key))
}

/** What the YAML parser says, where it speaks of itself, in words for the person who wrote the file. */
function plainReason(message: string): string {
  if (message.includes('multiple documents')) return 'a second document begins here (---), but a file holds one'
  return message.includes('call stack') ? 'values are nested too deeply' : message
}

/** Text of a file that a person named, or a UserError that says why it can't be read. */
export function readText(file: string): string {
  const bytes = bytesOf(file)
  if (bytes.length > maximumBytes) {
    throw new UserError(`${file} has more than the ${maximumBytes} bytes that a description may have`, {
      code: 'FILE_TOO_LARGE',
      suggestions: ['measured rows belong into a CSV file, given to --trace'],
    })
  }
  if (bytes.includes(0) || !isUtf8(bytes)) {
    const isUtf16 = bytes.length > 1 && (bytes.readUInt16BE(0) === 0xfffe || bytes.readUInt16BE(0) === 0xfeff)
    throw new UserError(`${file}: this is ${isUtf16 ? 'text in UTF-16' : 'not text in UTF-8'}, but a description is text in UTF-8`, {
      code: 'FILE_NOT_TEXT',
      suggestions: ['save it as UTF-8, or name another file'],
    })
  }
  return bytes.toString('utf8')
}

/** At most one byte more than a description may have, so that an endless pipe ends too. */
function bytesOf(file: string): Buffer {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const chunks: Buffer[] = []
      for (let byteCount = 0; byteCount <= maximumBytes; ) {
        const chunk = Buffer.allocUnsafe(1 << 16)
        const readCount = readSync(descriptor, chunk)
        if (readCount === 0) break
        chunks.push(chunk.subarray(0, readCount))
        byteCount += readCount
      }
      return Buffer.concat(chunks)
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a folder'
          : code === 'EACCES'
            ? 'it may not be read'
            : String(cause)
    throw new UserError(`${file}: ${reason}`, {code: 'FILE_UNREADABLE', suggestions: ['check the path'], cause})
  }
}

/** A JSON pointer with one more key. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
