import type {JsonSchema} from '../check-schema.js'
import {overridable} from './overriding.js'

/** The JSON Schemas that are published, by the name that `ridge schema` takes. A new schema is a new line here. */
export const schemas = {
  accelerator: async () => overridable((await import('./accelerator.js')).acceleratorSchema),
  hierarchy: async () => (await import('./hierarchy.js')).hierarchySchema,
  workload: async () => (await import('./workload.js')).workloadSchema,
  problem: async () => (await import('./problem.js')).problemSchema,
  mapping: async () => (await import('./mapping.js')).mappingSchema,
  strategy: async () => (await import('./mapping.js')).strategySchema,
  study: async () => (await import('./study.js')).studySchema,
  profile: async () => (await import('./profile.js')).profileSchema,
} satisfies Record<string, () => Promise<JsonSchema>>

export type SchemaName = keyof typeof schemas

export const schemaNames = Object.keys(schemas) as readonly SchemaName[]
