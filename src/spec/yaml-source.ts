import {readFileSync} from 'node:fs'
import path from 'node:path'
import {type Document, isNode, LineCounter, parseDocument} from 'yaml'
import {UserError} from '../foundation/user-error.js'
import {SpecError, type SpecProblem} from './spec-error.js'

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
  readonly #document: Document
  readonly #lines: LineCounter

  private constructor(text: string, file: string, path?: string) {
    this.file = file
    this.path = path
    this.#lines = new LineCounter()
    this.#document = parseDocument(text, {lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true})
    const [error] = this.#document.errors
    if (error !== undefined) {
      const {line, col} = this.#lines.linePos(error.pos[0])
      throw new SpecError(
        [
          {
            file,
            line,
            column: col,
            pointer: '/',
            message: `this is not YAML: ${error.message}`,
            suggestions: ['check the indentation and the quotes at that place'],
          },
        ],
        'YAML_MALFORMED',
      )
    }
    this.data = this.#document.toJS({maxAliasCount: 100})
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
    return this.#document.hasIn(keysOf(pointer))
  }

  #place(pointer: string): {line: number; column: number} {
    const keys = keysOf(pointer)
    for (let depth = keys.length; depth >= 0; depth--) {
      const node = this.#document.getIn(keys.slice(0, depth), true)
      if (isNode(node) && node.range) {
        const {line, col} = this.#lines.linePos(node.range[0])
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

/** Text of a file that a person named, or a UserError that says why it can't be read. */
export function readText(file: string): string {
  try {
    const bytes = readFileSync(file)
    if (bytes.length > maximumBytes) {
      throw new UserError(`${file} has ${bytes.length} bytes, more than the ${maximumBytes} that a description may have`, {
        code: 'FILE_TOO_LARGE',
        suggestions: ['measured rows belong into a CSV file, given to --trace'],
      })
    }
    return bytes.toString('utf8')
  } catch (cause) {
    if (cause instanceof UserError) throw cause
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
