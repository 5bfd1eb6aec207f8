import type {ErrorObject} from 'ajv/dist/2020.js'

const nouns: Readonly<Record<string, string>> = {
  integer: 'whole number',
  number: 'number',
  string: 'text',
  boolean: 'true or false',
  array: 'list',
  object: 'map of keys and values',
  null: 'null',
}

/** What a schema says of a value, in words for a person who has not read it; its own words where it has no others. */
export function schemaWords({keyword, params, data, instancePath, message = 'is not allowed'}: ErrorObject, written: string): string {
  const limit = Number(params['limit'])
  const name = nameOf(instancePath)
  switch (keyword) {
    case 'type':
      return `${written} is no ${[params['type']]
        .flat()
        .map((type) => nouns[String(type)] ?? String(type))
        .join(' and no ')}`
    case 'minimum':
      return `${written} is less than ${limit}, the least allowed`
    case 'maximum':
      return `${written} is more than ${limit}, the most allowed`
    case 'exclusiveMinimum':
      return `${written} is not more than ${limit}`
    case 'exclusiveMaximum':
      return `${written} is not less than ${limit}`
    case 'minItems':
      return `${name} has ${countText((data as readonly unknown[]).length, 'value')}: list at least ${limit === 1 ? 'one' : limit}`
    case 'maxItems':
      return `${name} has ${countText((data as readonly unknown[]).length, 'value')}: list at most ${limit === 1 ? 'one' : limit}`
    case 'minProperties':
      return `${name} has ${countText(Object.keys(data as object).length, 'key')}: write at least ${limit === 1 ? 'one' : limit}`
    case 'minLength':
      return `${name} is empty`
    case 'uniqueItems':
      return `${name} lists ${JSON.stringify((data as readonly unknown[])[Number(params['i'])])} twice`
    default:
      return `${written} ${message}`
  }
}

function countText(count: number, noun: string): string {
  return count === 0 ? `no ${noun}s` : count === 1 ? `one ${noun}` : `${count} ${noun}s`
}

/** The key that a pointer ends in; of an entry of a list, with its list. */
function nameOf(pointer: string): string {
  const keys = pointer.split('/').slice(1)
  const key = keys.findLast((each) => !/^\d+$/.test(each))
  if (key === undefined) return 'the file'
  return key === keys.at(-1) ? key : `an entry of ${key}`
}
