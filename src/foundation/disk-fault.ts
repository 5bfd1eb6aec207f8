/** What the operating system's codes mean to a person who wanted a file or folder written. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this disk is used up',
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'a file stands where a folder is needed',
  EISDIR: 'a folder stands where a file is needed',
  // Node says so, too, when a folder below a read-only one is to be made.
  ENOENT: 'the folder above it is not there, or its disk is read-only',
  ENAMETOOLONG: 'the name is too long',
}

/** Why a file or folder can't be written, or nothing where the error is not the disk's. */
export function diskFault(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^E[A-Z]+$/.test(code) ? (reasons[code] ?? code) : undefined
}
