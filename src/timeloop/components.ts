import {child, countAt, entries, fault, items, mapOf, type Part, refusal, textAt} from './part.js'
import type {Ignored} from './sections.js'

/** Classes by what their names contain, as Timeloop tells them apart. */
const storageClasses = ['DRAM', 'SRAM', 'regfile', 'smartbuffer', 'storage']
const arithmeticClasses = ['mac', 'compute']
const networkClasses = ['XY_NoC', 'Legacy', 'ReductionTree', 'SimpleMulticast']

/** A component that loops know of. */
export interface Component {
  readonly name: string
  readonly className: string
  readonly isStorage: boolean
  /** In the whole machine, along the two axes of their array. */
  readonly width: number
  readonly height: number
  /** Its attributes, with those around it where the version hands them down. */
  readonly attribute: (...keys: readonly string[]) => Part | undefined
  readonly part: Part
  readonly constraints: Part | undefined
}

interface Found {
  readonly components: readonly Component[]
  readonly ignored: readonly Ignored[]
}

/** The storage of an architecture, outermost first, and its arithmetic last. */
export function componentsOf(architecture: Part): Found {
  if (child(architecture, 'storage') !== undefined)
    throw refusal(architecture, 'this is the form before version 0.2, with `storage` and `arithmetic`', [
      'write it as a tree of `subtree` and `local`',
    ])
  const found = child(architecture, 'nodes') === undefined ? inSubtrees(architecture) : inNodes(architecture)
  const network = found.find(({className}) => isOf(className, networkClasses))
  if (network !== undefined)
    throw refusal(network.part, `${network.name} is a network (${network.className}), and networks have no energy of their own here`, [
      'leave it out where its energy is 0',
    ])
  const components = found.filter(({className, isStorage}) => isStorage || isOf(className, arithmeticClasses))
  const arithmetic = components.filter(({isStorage}) => !isStorage)
  if (arithmetic.length !== 1 || components.length === 1)
    throw fault(architecture, `${arithmetic.length} components compute and ${components.length - arithmetic.length} store`, [
      'one must compute (a class with mac or compute in its name), and one or more store (DRAM, SRAM, regfile, smartbuffer, storage)',
    ])
  return {
    components: [...components.filter(({isStorage}) => isStorage), ...arithmetic],
    ignored: found
      .filter((component) => !components.includes(component))
      .map(({name, className}) => ({what: `component ${name}`, reason: `Timeloop knows no class ${className} either`})),
  }
}

function isOf(className: string, parts: readonly string[]): boolean {
  return parts.some((part) => className.includes(part))
}

/** Versions 0.2 and 0.3: a tree of one branch, `local` components at each of its nodes. */
function inSubtrees(root: Part): Component[] {
  const components: Component[] = []
  let node = root
  let around = 1
  for (;;) {
    const subtrees = items(child(node, 'subtree'))
    if (subtrees.length === 0) return components
    if (subtrees.length > 1) throw refusal(subtrees[1]!, 'a second subtree at one node: Timeloop and this importer follow one branch')
    node = subtrees[0]!
    around *= rangeOf(node)
    for (const local of items(child(node, 'local'))) {
      const attributes = child(local, 'attributes')
      const attribute = (...keys: readonly string[]) => (attributes === undefined ? undefined : child(attributes, ...keys))
      components.push(component(local, around * rangeOf(local), attribute))
    }
  }
}

/** Version 0.4: containers and components in a row, arrays by `spatial`, attributes of containers handed down. */
function inNodes(root: Part): Component[] {
  const components: Component[] = []
  const scopes: Part[] = []
  let [width, height] = [1, 1]
  const walk = (nodes: readonly Part[]): void => {
    for (const node of nodes) {
      const spatial = child(node, 'spatial')
      const [x, y] = spatial === undefined ? [rangeOf(node), 1] : [countAt(spatial, 'meshX') ?? 1, countAt(spatial, 'meshY') ?? 1]
      const attributes = child(node, 'attributes')
      const isComponent = child(node, 'class') !== undefined
      if (isComponent) {
        const own = [attributes, ...scopes].filter((scope): scope is Part => scope !== undefined)
        const attribute = (...keys: readonly string[]) => own.map((scope) => child(scope, ...keys)).find((found) => found !== undefined)
        components.push({...component(node, width * x * height * y, attribute), width: width * x, height: height * y})
      } else {
        if (attributes !== undefined) scopes.unshift(attributes)
        ;[width, height] = [width * x, height * y]
      }
      walk(items(child(node, 'nodes')))
    }
  }
  walk(items(child(root, 'nodes')))
  return components
}

function component(part: Part, counted: number, attribute: Component['attribute']): Component {
  const name = textAt(part, 'name')
  const className = textAt(part, 'class')
  if (name === undefined || className === undefined)
    throw fault(part, `a component needs a name and a class, but has ${Object.keys(mapOf(part)).join(', ')}`)
  return {
    name: bareName(name),
    className,
    isStorage: isOf(className, storageClasses),
    ...mesh(part, counted, attribute),
    attribute,
    part,
    constraints: child(part, 'constraints'),
  }
}

function mesh(part: Part, counted: number, attribute: Component['attribute']): {width: number; height: number} {
  const count = (key: string): number | undefined => {
    const found = attribute(key)
    return found === undefined ? undefined : countAt({...found, value: {[key]: found.value}}, key)
  }
  const instances = count('instances') ?? counted
  const [meshX, meshY] = [count('meshX'), count('meshY')]
  const width = meshX ?? (meshY === undefined ? instances : instances / meshY)
  const height = meshY ?? instances / width
  if (Number.isInteger(width) && Number.isInteger(height) && width * height === instances) return {width, height}
  throw fault(attribute('meshX', 'meshY') ?? part, `${instances} instances do not stand in rows of ${width}`)
}

/** How many a name such as PE[0..15] stands for. */
function rangeOf(part: Part): number {
  const name = textAt(part, 'name') ?? ''
  const [, from, to] = /\[(\d+)\.\.(\d+)\]\s*$/.exec(name) ?? []
  if (from === undefined || to === undefined) {
    if (/[[\]]/.test(name)) throw fault(part, `"${name}" does not say how many there are`, ['write it as in PE[0..15]'])
    return 1
  }
  return Number(to) - Number(from) + 1
}

/** A name without what counts its instances. */
export function bareName(name: string): string {
  return name.replace(/\[[^\]]*\]\s*$/, '').trim()
}

/** Attributes that say something of sparse tensors. */
export function checkDense({part}: Component): void {
  const attributes = child(part, 'attributes')
  if (attributes === undefined) return
  for (const [key, value] of entries(attributes))
    if (/metadata|compress/.test(key) && value.value !== 0 && value.value !== false)
      throw refusal(value, `${key}: sparse tensors are not modelled`)
}
