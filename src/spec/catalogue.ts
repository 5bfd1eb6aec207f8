import {existsSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {nameHints} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'

/** The folder that holds `accelerators`, `workloads` and `reports`, in the clone and in the installed package. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url))

interface Shelf {
  readonly folder: string
  /** The file that a shipped name stands for. */
  readonly file: (name: string) => string
  readonly nameOf: (entry: string) => string | undefined
}

const inFolder = (file: string): Omit<Shelf, 'folder'> => ({
  file: (name) => path.join(name, file),
  nameOf: (entry) => (entry.includes('.') ? undefined : entry),
})

const asFile: Omit<Shelf, 'folder'> = {
  file: (name) => `${name}.yaml`,
  nameOf: (entry) => (entry.endsWith('.yaml') ? entry.slice(0, -5) : undefined),
}

/** What is shipped, by kind. */
const shelves = {
  accelerator: {folder: 'accelerators', ...inFolder('accelerator.yaml')},
  model: {folder: 'workloads', ...asFile},
  problem: {folder: path.join('workloads', 'problems'), ...asFile},
  study: {folder: 'reports', ...inFolder('study.yaml')},
} satisfies Record<string, Shelf>

export type ShelfKind = keyof typeof shelves

/** Names of what is shipped of a kind, sorted. */
export function shippedNames(kind: ShelfKind): string[] {
  const {folder, file, nameOf} = shelves[kind]
  const root = path.join(packageRoot, folder)
  if (!existsSync(root)) return []
  return readdirSync(root)
    .map(nameOf)
    .filter((name): name is string => name !== undefined && existsSync(path.join(root, file(name))))
    .sort()
}

/** The file that a person means: a path (it has a separator or an ending), else a shipped name. `from` is the folder that paths are relative to. */
export function resolveFile(kind: ShelfKind, nameOrPath: string, from: string = process.cwd()): string {
  const {folder, file} = shelves[kind]
  if (looksLikePath(nameOrPath)) {
    const absolute = path.resolve(from, nameOrPath)
    if (existsSync(absolute)) return absolute
    throw new UserError(`${nameOrPath}: there is no such file`, {
      code: 'FILE_UNREADABLE',
      suggestions: [`check the path, or name a shipped ${kind}: ridge list`],
    })
  }
  const shipped = path.join(packageRoot, folder, file(nameOrPath))
  if (existsSync(shipped)) return shipped
  throw new UserError(`"${nameOrPath}" is not a shipped ${kind}`, {
    code: 'UNKNOWN_NAME',
    suggestions: nameHints(nameOrPath, shippedNames(kind)),
  })
}

/** Whether a text means a file, since it has a separator or an ending. */
export function looksLikePath(nameOrPath: string): boolean {
  return /[\\/]|\.(ya?ml|json|csv)$/i.test(nameOrPath)
}
