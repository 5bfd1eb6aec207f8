import type {Database} from 'better-sqlite3'
import {moveRowsToChunks} from './move-rows.js'

/** Marks a SQLite file as one of ours: "RIDG" in its header. */
export const applicationId = 0x52494447

export type Migration = (database: Database) => void

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

/** Points as chunks of columns. Ranges lie apart from the bytes of columns, so that looking for chunks reads none of those. */
function createChunks(database: Database): void {
  database.exec(`
    CREATE TABLE chunks (
      chunk_id INTEGER PRIMARY KEY,
      space_id INTEGER NOT NULL,
      row_count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX chunks_of_space ON chunks (space_id, row_count);
    CREATE TABLE chunk_columns (
      space_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      chunk_id INTEGER NOT NULL,
      minimum REAL,
      maximum REAL,
      blob_id INTEGER,
      PRIMARY KEY (space_id, name, chunk_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blobs (
      blob_id INTEGER PRIMARY KEY,
      bytes BLOB NOT NULL
    ) STRICT;
    ALTER TABLE axes ADD COLUMN kind TEXT NOT NULL DEFAULT 'level';
  `)
  moveRowsToChunks(database)
  database.exec(`
    DROP TABLE points;
    ALTER TABLE axes DROP COLUMN bit_count;
    ALTER TABLE axes DROP COLUMN key_shift;
  `)
}

/** Fronts that are kept while points come in, so that nothing is read twice for them. */
function createKeptFronts(database: Database): void {
  database.exec(`
    CREATE TABLE kept_fronts (
      space_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      chunk_id INTEGER NOT NULL,
      tally TEXT NOT NULL,
      objective_count INTEGER NOT NULL,
      label_count INTEGER NOT NULL,
      front BLOB NOT NULL,
      PRIMARY KEY (space_id, name)
    ) STRICT, WITHOUT ROWID;
  `)
}

/** What each schema version adds to the one before it; only ever appended to. */
export const migrations: readonly Migration[] = [createTables, createChunks, createKeptFronts]

/** The schema version of a store, 0 for an empty file. */
export function schemaVersion(database: Database): number {
  return database.pragma('user_version', {simple: true}) as number
}

/** Brings a store to the newest schema, all of it or nothing. */
export function migrate(database: Database, list: readonly Migration[] = migrations): void {
  if (schemaVersion(database) === list.length) return
  database
    .transaction(() => {
      for (const step of list.slice(schemaVersion(database))) step(database)
      database.pragma(`application_id = ${applicationId}`)
      database.pragma(`user_version = ${list.length}`)
    })
    .immediate()
}
