import type {Accelerator, Constant} from '../accelerator/accelerator.js'

/** What a moving constant is called in figures and tables: "tensor bf16 energy per operation", "l2 energy per byte", "core voltage floor". */
export function constantName(accelerator: Accelerator, moved: readonly Constant[]): string {
  const names = moved.map(({pointer}) => pointer.split('/').slice(1))
  const [section = '', part = '', field = '', inner = ''] = names[0] ?? []
  if (section === 'parameters') return parameterName(accelerator, part)
  if (section === 'power') return powerName(part, field)
  if (section === 'clocks') return clockName(part, field, inner)
  const isOfOne = names.every((name) => name[3] === inner)
  const perByte = section !== 'units' && /energy$/i.test(field) ? 'per byte' : ''
  return words(part, isOfOne ? inner : '', field, perByte)
}

function parameterName({parameters}: Accelerator, name: string): string {
  return parameters.ordered.find((parameter) => parameter.name === name)?.describes || words(name)
}

/** Fields of `power` are powers, but for those that say otherwise. */
function powerName(field: string, inner: string): string {
  if (['response', 'regulation'].includes(field)) return `${field} of the power limit`
  if (field !== 'idle' && inner !== '') return words(field, inner)
  const name = words(field)
  if (/limit$/.test(name)) return name.replace('limit', 'power limit')
  return /voltage|scale|efficiency|exponent|coefficient/.test(name) ? name : `${name} power`
}

/** The points of a curve move together. */
function clockName(domain: string, field: string, inner: string): string {
  if (field === 'voltage') return words(domain, field, /^\d+$/.test(inner) ? 'curve' : inner)
  return words(domain, field, /[vV]oltage|Exponent$/.test(field) ? '' : 'clock')
}

/** "energyPerOperation" reads "energy per operation". */
function words(...keys: readonly string[]): string {
  return keys
    .filter((key) => key !== '')
    .map((key) => key.replaceAll(/[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`))
    .join(' ')
}
