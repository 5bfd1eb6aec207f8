import path from 'node:path'

/** Names that tell files apart: without folder and ending, with as many folders as are needed where two would be alike. */
export function candidateNames(files: readonly string[]): string[] {
  const parts = files.map((file) => path.normalize(file.replace(/\.ya?ml$/, '')).split(path.sep))
  return parts.map((own) => {
    const named = (from: readonly string[], count: number): string => from.slice(-count).join('/')
    let count = 1
    while (count < own.length && parts.some((other) => other !== own && named(other, count) === named(own, count))) count++
    return named(own, count)
  })
}
