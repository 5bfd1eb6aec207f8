import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {metricNames} from '../../src/cost/metrics.js'
import type {UserError} from '../../src/foundation/user-error.js'
import {type Migration, migrate, migrations, schemaVersion} from '../../src/store/migrations.js'
import {snakeCase} from '../../src/store/names.js'
import {queryPoints} from '../../src/store/query.js'
import {openStore, type Store, type StoreMode, sqlite} from '../../src/store/store.js'
import {storeError} from '../../src/store/store-error.js'
import {allPoints} from '../support/stored-points.js'
import {definition, metricColumns, openedStore, temporaryFolder, writeGrid} from './fixtures.js'

function thrownBy(action: () => unknown): UserError {
  try {
    action()
  } catch (error) {
    return error as UserError
  }
  throw new Error('nothing was thrown')
}

/** Ten thousand points with every metric known: more than the pages that a full disk leaves. */
function writeMuch(space: ReturnType<ReturnType<typeof openedStore>['space']>): number {
  const rowCount = 10_000
  const batches = Array.from({length: rowCount}, (_, i) => i)
  const metrics = metricColumns(rowCount, Object.fromEntries(metricNames.map((name) => [name, Math.sqrt])))
  return space.write({rowCount, axisCodes: [space.codes(0, new Array(rowCount).fill(1)), space.codes(1, batches)], metrics})
}

/** Writes the only space of a store as schema 1 had it: a row a point, four bits a code. */
function writeSchema1(file: string, from: Store): void {
  const database = new (sqlite())(file)
  migrate(database, [
    (inner) => {
      migrations[0]!(inner)
      for (const name of metricNames) inner.exec(`ALTER TABLE points ADD COLUMN ${snakeCase(name)} REAL`)
    },
  ])
  const space = from.database.prepare('SELECT * FROM spaces').raw().get() as unknown[]
  database.prepare(`INSERT INTO spaces VALUES (${space.map(() => '?').join(', ')})`).run(space)
  for (const [axis, {name, unit}] of definition.axes.entries())
    database.prepare('INSERT INTO axes VALUES (1, ?, ?, ?, 4, ?)').run(axis, name, unit, 4 * (1 - axis))
  const values = from.database.prepare('SELECT * FROM axis_values').raw().all() as unknown[][]
  for (const row of values) database.prepare('INSERT INTO axis_values VALUES (?, ?, ?, ?)').run(row)
  const codeOf = (axis: number, value: unknown) => values.find((row) => row[1] === axis && row[3] === value)![2] as number
  const insert = database.prepare(`INSERT INTO points VALUES (1, ?, ${metricNames.map(() => '?').join(', ')})`)
  for (const row of queryPoints(from).rows) {
    const key = codeOf(0, row['smCount']) * 16 + codeOf(1, row['batch'])
    insert.run(key, ...metricNames.map((name) => row[name]))
  }
  database.close()
}

describe('openStore', () => {
  it('creates a store, and opens the same one again', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const first = openStore(file, {mode: 'create'})
    writeGrid(first.space(definition), [132], [1, 8])
    first.close()
    for (const mode of ['create', 'append', 'read'] as const) {
      const store = openStore(file, {mode})
      expect(store.pointCount()).toBe(2)
      expect(store.spaces().map((space) => space.definition)).toEqual([definition])
      store.close()
    }
  })

  it('leaves one file behind: closing moves the write-ahead log into it', () => {
    const folder = temporaryFolder()
    const store = openStore(join(folder, 'points.sqlite'), {mode: 'create'})
    writeGrid(store.space(definition), [132], [1, 8])
    expect(readdirSync(folder)).toContain('points.sqlite-wal')
    store.close()
    expect(readdirSync(folder)).toEqual(['points.sqlite'])
  })

  it('leaves one file behind when it is read later, and when it is read from a folder that cannot be written', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'points.sqlite')
    const writer = openStore(file, {mode: 'create'})
    writeGrid(writer.space(definition), [132], [1, 8])
    writer.close()
    for (const mode of [0o700, 0o500]) {
      chmodSync(folder, mode)
      const reader = openStore(file, {mode: 'read'})
      expect([...queryPoints(reader).rows]).toHaveLength(2)
      reader.close()
    }
    chmodSync(folder, 0o700)
    expect(readdirSync(folder)).toEqual(['points.sqlite'])
  })

  it('closes while others read or write it, without waiting and without taking their log away', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const first = openStore(file, {mode: 'create'})
    writeGrid(first.space(definition), [132], [1])
    const second = openedStore(file, {mode: 'append'})
    const reader = openedStore(file, {mode: 'read'})
    expect(reader.pointCount()).toBe(1)
    first.close()
    expect(second.database.pragma('journal_mode', {simple: true})).toBe('wal')
    expect(writeGrid(second.space(definition), [132], [8])).toBe(1)
    expect(reader.pointCount()).toBe(2)
  })

  it.each(['append', 'read'] as const)('refuses a missing file to %s and makes none', (mode) => {
    const file = join(temporaryFolder(), 'none.sqlite')
    const error = thrownBy(() => openStore(file, {mode}))
    expect(error).toMatchObject({code: 'STORE_MISSING', message: `there is no store ${file}`, exitCode: 3})
    expect(error.suggestions).toEqual(['run a sweep first, or name the file that a sweep wrote'])
    expect(existsSync(file)).toBe(false)
  })

  it('refuses a missing folder and makes none', () => {
    const folder = join(temporaryFolder(), 'none')
    const error = thrownBy(() => openStore(join(folder, 'points.sqlite'), {mode: 'create'}))
    expect(error).toMatchObject({code: 'STORE_FOLDER_MISSING', message: `the folder ${folder} of the store does not exist`})
    expect(error.suggestions).toEqual(['make the folder, or name another file'])
    expect(existsSync(folder)).toBe(false)
  })

  it.each(['create', 'append', 'read'] as const)('refuses to %s a file that is no database and leaves it as it is', (mode) => {
    const file = join(temporaryFolder(), 'notes.txt')
    writeFileSync(file, 'not a database, and long enough to have a header of SQLite if it were one\n'.repeat(20))
    const before = readFileSync(file)
    const error = thrownBy(() => openStore(file, {mode}))
    expect(error).toMatchObject({code: 'STORE_NOT_A_STORE', message: `${file} is not a store: it is no SQLite database`})
    expect(error.cause).toMatchObject({code: 'SQLITE_NOTADB'})
    expect(error.suggestions).toEqual([
      'name the file that a sweep wrote, such as out/quickstart/points.db, or a file that does not exist yet',
    ])
    expect(readFileSync(file)).toEqual(before)
  })

  it("refuses another program's database and an empty file to read", () => {
    const folder = temporaryFolder()
    const foreign = new (sqlite())(join(folder, 'foreign.sqlite'))
    foreign.exec('CREATE TABLE people (name TEXT)')
    foreign.close()
    writeFileSync(join(folder, 'empty.sqlite'), '')
    expect(thrownBy(() => openStore(join(folder, 'foreign.sqlite'), {mode: 'create'}))).toMatchObject({
      code: 'STORE_NOT_A_STORE',
      message: expect.stringContaining('it is a SQLite database of another program'),
    })
    expect(thrownBy(() => openStore(join(folder, 'empty.sqlite'), {mode: 'read'}))).toMatchObject({
      code: 'STORE_NOT_A_STORE',
      message: expect.stringContaining('it is empty'),
    })
  })

  it('refuses a folder in the place of the file', () => {
    const folder = join(temporaryFolder(), 'points.sqlite')
    mkdirSync(folder)
    const error = thrownBy(() => openStore(folder, {mode: 'create'}))
    expect(error).toMatchObject({
      code: 'STORE_CANNOT_OPEN',
      suggestions: ['copy it to, or name a file in, a folder that you may write to'],
    })
    expect(error.cause).toMatchObject({code: expect.stringMatching(/^SQLITE_CANTOPEN/)})
  })

  it.each(['create', 'append', 'read'] as const)('refuses to %s a store of a newer schema and leaves its version', (mode: StoreMode) => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const store = openStore(file, {mode: 'create'})
    store.database.pragma(`user_version = ${migrations.length + 1}`)
    store.close()
    const error = thrownBy(() => openStore(file, {mode}))
    expect(error).toMatchObject({
      code: 'STORE_NEWER_SCHEMA',
      message: `${file} has schema ${migrations.length + 1}, and this version of ridgepoint knows schemas up to ${migrations.length}`,
      suggestions: ['update ridgepoint, or name another store'],
    })
    const database = new (sqlite())(file)
    expect(schemaVersion(database)).toBe(migrations.length + 1)
    database.close()
  })

  it('refuses to read an older schema, which reading must not change', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const store = openStore(file, {mode: 'create'})
    store.database.pragma('user_version = 0')
    store.close()
    expect(thrownBy(() => openStore(file, {mode: 'read'}))).toMatchObject({
      code: 'STORE_OLDER_SCHEMA',
      suggestions: ['run a sweep into it once: that brings it to the newest schema'],
    })
  })
})

describe('a store at fault', () => {
  it('opened to read refuses a new space and a batch', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const writer = openedStore(file)
    writeGrid(writer.space(definition), [132], [1])
    const reader = openedStore(file, {mode: 'read'})
    const expected = {
      code: 'STORE_READ_ONLY',
      message: `${file} was opened to be read and cannot be written`,
      suggestions: ['open it to append'],
    }
    expect(thrownBy(() => reader.space({...definition, phase: 'prefill'}))).toMatchObject(expected)
    expect(thrownBy(() => writeGrid(reader.space(definition), [132], [2]))).toMatchObject(expected)
    const sameCodes = reader.space(definition)
    expect(thrownBy(() => writeGrid(sameCodes, [132], [1]))).toMatchObject(expected)
  })

  it('puts a read-only disk into words', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    openStore(file, {mode: 'create'}).close()
    const database = new (sqlite())(file, {readonly: true})
    const cause = thrownBy(() => database.exec('DELETE FROM chunks'))
    database.close()
    expect(cause).toMatchObject({code: 'SQLITE_READONLY'})
    expect(storeError(cause, file)).toMatchObject({
      code: 'STORE_READ_ONLY',
      message: `${file} cannot be written: the file, its folder or its disk is read-only`,
      suggestions: ['copy the store to a folder that you may write to, or name another file'],
      cause,
    })
  })

  it('with a full disk loses the batch in flight alone, and takes it once there is space', () => {
    const store = openedStore(join(temporaryFolder(), 'points.sqlite'))
    const space = store.space(definition)
    writeGrid(space, [132], [-1, -2])
    space.codes(0, [1])
    space.codes(
      1,
      Array.from({length: 10_000}, (_, i) => i),
    )
    const pageCount = store.database.pragma('page_count', {simple: true}) as number
    store.database.pragma(`max_page_count = ${pageCount + 20}`)
    const error = thrownBy(() => writeMuch(space))
    expect(error).toMatchObject({
      code: 'STORE_DISK_FULL',
      message: `the disk is full: the last batch was not added to ${store.file}; every batch before it is kept`,
      suggestions: ['free some space and run the same command again; it continues where it stopped'],
    })
    expect(error.cause).toMatchObject({code: 'SQLITE_FULL'})
    expect(space.pointCount()).toBe(2)
    store.database.pragma('max_page_count = 1000000')
    expect(writeMuch(space)).toBe(10_000)
    expect(space.pointCount()).toBe(10_002)
  })

  it('that another process is writing to says that it is locked, and is not harmed', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const holder = openedStore(file)
    const space = openedStore(file, {mode: 'append', lockWaitSeconds: 0}).space(definition)
    holder.database.exec('BEGIN IMMEDIATE')
    const error = thrownBy(() => writeGrid(space, [132], [1]))
    expect(error).toMatchObject({
      code: 'STORE_LOCKED',
      message: `${file} is locked by another process`,
      suggestions: ['wait until the other sweep has ended, or sweep into a store of its own and merge the two'],
    })
    expect(error.cause).toMatchObject({code: 'SQLITE_BUSY'})
    holder.database.exec('ROLLBACK')
    expect(writeGrid(space, [132], [1])).toBe(1)
  })

  it('that is damaged says so', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const store = openStore(file, {mode: 'create'})
    writeMuch(store.space(definition))
    store.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 16_384 * 6)
    writeFileSync(file, bytes)
    const damaged = openedStore(file, {mode: 'read'})
    const error = thrownBy(() => [...queryPoints(damaged).rows])
    expect(error).toMatchObject({code: 'STORE_DAMAGED', suggestions: ['restore a copy, or sweep into a new store']})
    expect(error.cause).toMatchObject({code: expect.stringMatching(/^SQLITE_CORRUPT/)})
  })

  it.each([
    {code: 'SQLITE_LOCKED', becomes: 'STORE_LOCKED'},
    {code: 'SQLITE_IOERR_WRITE', becomes: 'STORE_DISK_FAILED'},
    {code: 'SQLITE_READONLY_DBMOVED', becomes: 'STORE_READ_ONLY'},
  ])('turns $code into $becomes with a hint', ({code, becomes}) => {
    const Failure = sqlite().SqliteError
    expect(storeError(new Failure('as sqlite says', code), 'x.sqlite')).toMatchObject({code: becomes, suggestions: [expect.any(String)]})
  })

  it('leaves our own bugs as they are', () => {
    const bug = new TypeError('undefined is not a function')
    expect(storeError(bug, 'x.sqlite')).toBe(bug)
  })
})

describe('migrate', () => {
  it('leaves a metric unknown at points that were stored before there was one', () => {
    const store = openedStore()
    writeGrid(store.space(definition), [132], [1])
    store.database.exec("DELETE FROM chunk_columns WHERE name = 'energyJoules'")
    expect(writeGrid(store.space(definition), [132], [1, 8])).toBe(1)
    expect([...queryPoints(store, {columns: ['batch', 'energy']}).rows]).toEqual([
      {batch: 1, energyJoules: null},
      {batch: 8, energyJoules: 10},
    ])
    expect([...queryPoints(store, {columns: ['batch'], where: ['energy >= 0']}).rows]).toEqual([{batch: 8}])
  })

  it('moves the points of schema 1, rows under packed keys, when the store is next written', () => {
    const file = join(temporaryFolder(), 'points.sqlite')
    const current = openedStore()
    writeGrid(current.space(definition), [132, 'custom'], [1, 8, 64])
    writeSchema1(file, current)
    expect(thrownBy(() => openStore(file, {mode: 'read'}))).toMatchObject({code: 'STORE_OLDER_SCHEMA'})
    const store = openedStore(file, {mode: 'append'})
    expect(schemaVersion(store.database)).toBe(migrations.length)
    expect(allPoints(store)).toEqual(allPoints(current))
    expect(writeGrid(store.space(definition), [132, 'custom'], [1, 8, 64, 128])).toBe(2)
  })

  it('runs only the steps that a store has not seen, and keeps its points', () => {
    const store = openedStore()
    writeGrid(store.space(definition), [132], [1, 8])
    const seen: string[] = []
    const steps: Migration[] = [...migrations.map((_, step) => () => seen.push(`step ${step}`)), () => seen.push('last')]
    migrate(store.database, steps)
    migrate(store.database, steps)
    expect(seen).toEqual(['last'])
    expect(schemaVersion(store.database)).toBe(migrations.length + 1)
    expect(store.pointCount()).toBe(2)
  })

  it('takes back all steps when one fails', () => {
    const database = new (sqlite())(':memory:')
    const failing: Migration = (inner) => inner.exec('CREATE TABLE nonsense (')
    expect(() => migrate(database, [...migrations, failing])).toThrow('incomplete input')
    expect(schemaVersion(database)).toBe(0)
    expect(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(0)
    database.close()
  })
})
