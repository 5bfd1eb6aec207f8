import {bareName, type Component} from './components.js'
import {child, entries, fault, items, mapOf, numberAt, numberOf, type Part, refusal, textAt} from './part.js'

/** Energy of one access of each kind, in picojoules; Timeloop takes the first action that the table has. */
const actionsOf = {
  read: ['random_read', 'read'],
  fill: ['random_fill', 'random_write', 'fill', 'write'],
  update: ['random_update', 'random_write', 'update', 'write'],
} as const
const computeActions = ['mac_random', 'mult_random', 'mac', 'mult', 'compute']

export type AccessKind = keyof typeof actionsOf
export type AccessEnergies = Readonly<Record<AccessKind, number>>
/** By component: the most that any arguments of an action cost. */
export type EnergyTable = ReadonlyMap<string, {readonly part: Part; readonly picojoules: ReadonlyMap<string, number>}>

/** An energy reference table of version 0.2, where actions are keys, or 0.3 and later, where they are a list. */
export function energyTable(ert: Part | undefined): EnergyTable {
  const tables = ert === undefined ? undefined : child(ert, 'tables')
  if (ert !== undefined && tables === undefined) throw fault(ert, 'the table of energies has no `tables`')
  const rows =
    tables === undefined
      ? []
      : Array.isArray(tables.value)
        ? listedTables(tables)
        : entries(tables).map(([name, part]) => ({name, part, actions: keyedActions(part)}))
  const table = new Map<string, {readonly part: Part; readonly picojoules: ReadonlyMap<string, number>}>()
  for (const {name, part, actions} of rows) {
    const picojoules = new Map<string, number>()
    for (const [action, energy] of actions) picojoules.set(action, Math.max(energy, picojoules.get(action) ?? 0))
    const component = bareName(name).split('.').at(-1)!
    if (/^wire$/i.test(component) && (picojoules.get('transfer_random') ?? 0) > 0)
      throw refusal(part, 'energies of wires between levels are not modelled', ['leave this table out to import the rest'])
    table.set(component, {part, picojoules})
  }
  return table
}

interface TableRow {
  readonly name: string
  readonly part: Part
  readonly actions: readonly (readonly [string, number])[]
}

function listedTables(tables: Part): TableRow[] {
  return items(tables).map((part) => ({
    name: textAt(part, 'name') ?? '',
    part,
    actions: items(child(part, 'actions')).map((action) => [textAt(action, 'name') ?? '', numberAt(action, 'energy') ?? 0] as const),
  }))
}

function keyedActions(part: Part): (readonly [string, number])[] {
  return entries(part).flatMap(([action, energies]) =>
    (Array.isArray(energies.value) ? items(energies) : [energies]).map((energy) => [action, numberAt(energy, 'energy') ?? 0] as const),
  )
}

/** What the accesses of a storage cost: by the table, else by what its attributes state. */
export function accessEnergies(component: Component, table: EnergyTable): AccessEnergies {
  const row = table.get(component.name)
  const stated = component.attribute('vector_access_energy')
  const energy = (kind: AccessKind): number => {
    const action = row === undefined ? undefined : actionsOf[kind].find((name) => row.picojoules.has(name))
    if (action !== undefined) return row!.picojoules.get(action)!
    if (stated !== undefined) return numberOf(stated)
    throw missing(component, row?.part, `a ${kind} of ${component.name}`, actionsOf[kind])
  }
  return {read: energy('read'), fill: energy('fill'), update: energy('update')}
}

/** What one multiply-add costs. */
export function computeEnergy(component: Component, table: EnergyTable): number {
  const row = table.get(component.name)
  const action = row === undefined ? undefined : computeActions.find((name) => row.picojoules.has(name))
  if (action !== undefined) return row!.picojoules.get(action)!
  const stated = component.attribute('energy', 'energy_per_op')
  if (stated !== undefined) return numberOf(stated)
  throw missing(component, row?.part, `a multiply-add of ${component.name}`, computeActions)
}

/** Timeloop would take energies of its own technology model; none are made up here. */
function missing(component: Component, table: Part | undefined, what: string, actions: readonly string[]): Error {
  const has =
    table === undefined
      ? ''
      : `, whose table has ${
          items(child(table, 'actions'))
            .map((action) => String(mapOf(action)['name']))
            .join(', ') || 'no actions'
        }`
  return fault(table ?? component.part, `nothing states the energy of ${what}${has}`, [
    `add the ERT that Accelergy made for this design, with ${actions.join(' or ')}`,
    ...(component.isStorage ? ['or the attribute vector-access-energy in pJ'] : []),
  ])
}
