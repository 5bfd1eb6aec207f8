export type JsonSchema = Readonly<Record<string, unknown>>

type Check = (value: unknown) => boolean

/** Keywords that only speak to people and editors. */
const annotations = new Set(['$schema', '$defs', 'title', 'description'])
const compiled = new WeakMap<JsonSchema, Check>()

/**
 * Whether data surely keeps a schema. Data that does not, and schemas with keywords unknown here, are left to ajv: loading
 * it and compiling a schema costs more than a whole evaluation, and a sound file needs neither. A test holds both together.
 */
export function surelyValid(schema: JsonSchema, data: unknown): boolean {
  let check = compiled.get(schema)
  if (check === undefined) {
    check = checkOf(schema, schema, new Map())
    compiled.set(schema, check)
  }
  return check(data)
}

function checkOf(schema: unknown, root: JsonSchema, references: Map<string, Check>): Check {
  if (typeof schema === 'boolean') return () => schema
  const of = (inner: unknown): Check => checkOf(inner, root, references)
  const keywords = Object.entries(schema as JsonSchema).filter(([keyword]) => !annotations.has(keyword))
  const checks = keywords.map(([keyword, value]) => keywordCheck(keyword, value, schema as JsonSchema, of, root, references))
  return (data) => checks.every((check) => check(data))
}

function keywordCheck(
  keyword: string,
  value: unknown,
  schema: JsonSchema,
  of: (inner: unknown) => Check,
  root: JsonSchema,
  references: Map<string, Check>,
): Check {
  if (keyword === '$ref') return referenceCheck(String(value), root, references)
  const make = Object.hasOwn(keywordChecks, keyword) ? keywordChecks[keyword] : undefined
  return make === undefined ? () => false : make(value, of, schema)
}

/** Definitions may refer to themselves, so that each is looked up when it is used. */
function referenceCheck(reference: string, root: JsonSchema, references: Map<string, Check>): Check {
  const name = /^#\/\$defs\/(\w+)$/.exec(reference)?.[1]
  const definition = name === undefined ? undefined : (root['$defs'] as Record<string, unknown> | undefined)?.[name]
  if (definition === undefined) return () => false
  return (data) => {
    let check = references.get(reference)
    if (check === undefined) {
      check = checkOf(definition, root, references)
      references.set(reference, check)
    }
    return check(data)
  }
}

const onNumbers =
  (claim: (value: number) => boolean): Check =>
  (data) =>
    typeof data !== 'number' || claim(data)
const onTexts =
  (claim: (value: string) => boolean): Check =>
  (data) =>
    typeof data !== 'string' || claim(data)
const onLists =
  (claim: (value: readonly unknown[]) => boolean): Check =>
  (data) =>
    !Array.isArray(data) || claim(data)
const onMaps =
  (claim: (value: Readonly<Record<string, unknown>>) => boolean): Check =>
  (data) =>
    !isMap(data) || claim(data)

const keywordChecks: Readonly<Record<string, (value: unknown, of: (inner: unknown) => Check, schema: JsonSchema) => Check>> = {
  type: (value) => {
    const types = (Array.isArray(value) ? value : [value]) as string[]
    return (data) => types.some((type) => isOfType(data, type))
  },
  enum: (value) => (data) => (value as unknown[]).includes(data),
  const: (value) => (data) => data === value,
  minimum: (value) => onNumbers((data) => data >= Number(value)),
  maximum: (value) => onNumbers((data) => data <= Number(value)),
  exclusiveMinimum: (value) => onNumbers((data) => data > Number(value)),
  minLength: (value) => onTexts((data) => [...data].length >= Number(value)),
  pattern: (value) => {
    const pattern = new RegExp(String(value), 'u')
    return onTexts((data) => pattern.test(data))
  },
  minItems: (value) => onLists((data) => data.length >= Number(value)),
  maxItems: (value) => onLists((data) => data.length <= Number(value)),
  uniqueItems: (value) => onLists((data) => value !== true || new Set(data.map((item) => JSON.stringify(item))).size === data.length),
  prefixItems: (value, of) => {
    const checks = (value as unknown[]).map(of)
    return onLists((data) => checks.every((check, index) => index >= data.length || check(data[index])))
  },
  items: (value, of, schema) => {
    const check = of(value)
    const from = ((schema['prefixItems'] as unknown[] | undefined) ?? []).length
    return onLists((data) => data.slice(from).every(check))
  },
  required: (value) => onMaps((data) => (value as string[]).every((key) => Object.hasOwn(data, key))),
  minProperties: (value) => onMaps((data) => Object.keys(data).length >= Number(value)),
  properties: (value, of) => {
    const checks = Object.entries(value as JsonSchema).map(([key, inner]) => [key, of(inner)] as const)
    return onMaps((data) => checks.every(([key, check]) => !Object.hasOwn(data, key) || check(data[key])))
  },
  additionalProperties: (value, of, schema) => {
    const check = of(value)
    const known = new Set(Object.keys((schema['properties'] as JsonSchema | undefined) ?? {}))
    return onMaps((data) => Object.entries(data).every(([key, each]) => known.has(key) || check(each)))
  },
  propertyNames: (value, of) => {
    const check = of(value)
    return onMaps((data) => Object.keys(data).every(check))
  },
  anyOf: (value, of) => {
    const checks = (value as unknown[]).map(of)
    return (data) => checks.some((check) => check(data))
  },
}

function isOfType(data: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isMap(data)
    case 'array':
      return Array.isArray(data)
    case 'integer':
      return Number.isInteger(data)
    case 'number':
      return Number.isFinite(data)
    case 'null':
      return data === null
    default:
      return typeof data === type
  }
}

function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
