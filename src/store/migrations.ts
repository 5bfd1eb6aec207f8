import type {Database} from 'better-sqlite3'
import {metricNames} from '../cost/metrics.js'
import {snakeCase} from './names.js'

/** Marks a SQLite file as one of ours: "RIDG" in its header. */
export const applicationId = 0x52494447

export type Migration = (database: Database) => void

/** Metrics, as columns are named, that a store has no column for yet. */
export function missingMetricColumns(database: Database): readonly string[] {
  const present = new Set(database.prepare("SELECT name FROM pragma_table_info('points')").pluck().all() as string[])
  return metricNames.map(snakeCase).filter((name) => !present.has(name))
}

/** Gives the points a column for each metric that has none yet: a metric more is a line in the table of metrics alone. */
export function addMetricColumns(database: Database): void {
  for (const name of missingMetricColumns(database)) database.exec(`ALTER TABLE points ADD COLUMN ${name} REAL`)
}

function createTables(database: Database): void {
  database.exec(`
    CREATE TABLE spaces (
      space_id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      accelerator TEXT NOT NULL,
      workload TEXT NOT NULL,
      phase TEXT NOT NULL,
      fidelity TEXT NOT NULL,
      model_version TEXT NOT NULL,
      constants TEXT NOT NULL,
      bound_names TEXT NOT NULL
    ) STRICT;
    CREATE TABLE axes (
      space_id INTEGER NOT NULL,
      axis_index INTEGER NOT NULL,
      name TEXT NOT NULL,
      unit TEXT NOT NULL,
      bit_count INTEGER NOT NULL,
      key_shift INTEGER NOT NULL,
      PRIMARY KEY (space_id, axis_index)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE axis_values (
      space_id INTEGER NOT NULL,
      axis_index INTEGER NOT NULL,
      code INTEGER NOT NULL,
      value ANY NOT NULL,
      PRIMARY KEY (space_id, axis_index, code),
      UNIQUE (space_id, axis_index, value)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE points (
      space_id INTEGER NOT NULL,
      point_key INTEGER NOT NULL,
      PRIMARY KEY (space_id, point_key)
    ) STRICT, WITHOUT ROWID;
  `)
}

/** What each schema version adds to the one before it; only ever appended to. */
export const migrations: readonly Migration[] = [createTables]

/** The schema version of a store, 0 for an empty file. */
export function schemaVersion(database: Database): number {
  return database.pragma('user_version', {simple: true}) as number
}

/** Brings a store to the newest schema, all of it or nothing. */
export function migrate(database: Database, list: readonly Migration[] = migrations): void {
  if (schemaVersion(database) === list.length && missingMetricColumns(database).length === 0) return
  database
    .transaction(() => {
      for (const step of list.slice(schemaVersion(database))) step(database)
      addMetricColumns(database)
      database.pragma(`application_id = ${applicationId}`)
      database.pragma(`user_version = ${list.length}`)
    })
    .immediate()
}
