import type {Accelerator, Constant} from '../accelerator/accelerator.js'

/** What a moving constant is called in figures and tables: "tensor bf16 energy per operation", "hbm energy", "core voltage floor". */
export function constantName(accelerator: Accelerator, moved: readonly Constant[]): string {
  const names = moved.map(({pointer}) => pointer.split('/').slice(1))
  const [first = []] = names
  const [section = '', part = '', field = '', format = ''] = first
  if (section === 'parameters') return parameterName(accelerator, part)
  if (section === 'power') return powerName(part)
  const shared = names.every((name) => name[3] === format) ? format : ''
  if (section === 'units') return words(part, shared, field)
  if (section === 'clocks') return words(part, field, Number.isNaN(Number.parseInt(format, 10)) ? format : 'curve')
  if (section === 'dies') return words(part, first.length === 5 ? first.slice(3).join(' ') : field)
  return words(...first.slice(1))
}

function parameterName({parameters}: Accelerator, name: string): string {
  return parameters.ordered.find((parameter) => parameter.name === name)?.describes || words(name)
}

/** Fields of `power` are powers, but for those that say otherwise. */
function powerName(field: string): string {
  const name = words(field)
  if (/limit$/.test(name)) return name.replace('limit', 'power limit')
  return /voltage|scale|efficiency|response|exponent|coefficient/.test(name) ? name : `${name} power`
}

/** "energyPerOperation" reads "energy per operation". */
function words(...keys: readonly string[]): string {
  return keys
    .filter((key) => key !== '')
    .map((key) => key.replaceAll(/[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`).trim())
    .join(' ')
}
