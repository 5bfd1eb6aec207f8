import {nameHints} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {YamlSource} from '../spec/yaml-source.js'
import {child, entries, fault, type Part, refusal} from './part.js'

const read = ['architecture', 'problem', 'mapping', 'ert', 'constraints'] as const
type Role = (typeof read)[number]

/** What a top key of a Timeloop file holds: something to translate, or why it is left out. */
const topKeys: Readonly<Record<string, {readonly role: Role} | {readonly ignored: string} | {readonly refused: string}>> = {
  architecture: {role: 'architecture'},
  arch: {role: 'architecture'},
  problem: {role: 'problem'},
  mapping: {role: 'mapping'},
  ERT: {role: 'ert'},
  architecture_constraints: {role: 'constraints'},
  arch_constraints: {role: 'constraints'},
  mapspace_constraints: {role: 'constraints'},
  mapspace: {role: 'constraints'},
  constraints: {role: 'constraints'},
  ART: {ignored: 'areas are not part of a hierarchy'},
  ERT_summary: {ignored: 'ERT itself is what is read'},
  ART_summary: {ignored: 'areas are not part of a hierarchy'},
  compound_components: {ignored: 'energies of compound components come from ERT'},
  components: {ignored: 'energies of compound components come from ERT'},
  action_counts: {ignored: 'they follow from the mapping'},
  mapper: {ignored: 'how to search is said to ridge map'},
  globals: {ignored: 'settings of Timeloop itself'},
  variables: {ignored: 'values are read where they stand'},
  model: {ignored: 'settings of Timeloop itself'},
  sparse_optimizations: {refused: 'sparse tensors are not modelled'},
  layout: {refused: 'layouts are not modelled'},
}

/** An input of Timeloop, by what it holds. */
export interface Sections {
  readonly architecture: Part
  readonly problem: Part
  readonly mapping: Part | undefined
  readonly ert: Part | undefined
  readonly constraints: readonly Part[]
  readonly ignored: readonly Ignored[]
}

/** What was left out, and why. */
export interface Ignored {
  readonly what: string
  readonly reason: string
}

/** What Timeloop files hold, each recognised by its top keys. */
export function readSections(files: readonly string[]): Sections {
  return sectionsOf(files.map((file) => YamlSource.read(file)))
}

/** What Timeloop texts hold. */
export function sectionsOf(sources: readonly YamlSource[]): Sections {
  const found: Record<Role, Part[]> = {architecture: [], problem: [], mapping: [], ert: [], constraints: []}
  const ignored: Ignored[] = []
  for (const source of sources) {
    const root: Part = {source, pointer: '', value: source.data}
    const sections = entries(root)
    if (sections.length === 0) throw fault(root, 'this file holds nothing')
    for (const [key, part] of sections) {
      const known = topKeys[key.replaceAll('-', '_')]
      if (known === undefined) throw fault(part, `"${key}" is no part of a Timeloop input`, nameHints(key, Object.keys(topKeys)))
      if ('refused' in known) throw refusal(part, `${key}: ${known.refused}`)
      if ('ignored' in known) ignored.push({what: `${key} of ${source.file}`, reason: known.ignored})
      else found[known.role].push(part)
    }
  }
  const one = (role: Role): Part | undefined => {
    const [first, second] = found[role]
    if (second !== undefined) throw fault(second, `a second ${role}; the first stands in ${first!.source.file}`, ['keep one of the two'])
    return first
  }
  return {
    architecture: needed(one('architecture'), 'architecture'),
    problem: needed(one('problem'), 'problem'),
    mapping: one('mapping'),
    ert: one('ert'),
    constraints: found.constraints.flatMap((part) => (part.value === null ? [] : [part])),
    ignored,
  }
}

function needed(part: Part | undefined, key: string): Part {
  if (part !== undefined) return part
  throw new UserError(`no file holds ${key}`, {
    code: 'TIMELOOP_INCOMPLETE',
    suggestions: [
      `add the file with \`${key}:\` at its top`,
      'the files of a design stand side by side: architecture, problem, mapping, ERT',
    ],
  })
}

/** The list that a mapping or a section of constraints is, or holds beside its version. */
export function targetsOf(part: Part): Part | undefined {
  if (Array.isArray(part.value) || part.value === null) return part
  return child(part, 'targets', 'constraints', 'mapping', 'nodes')
}
