import {nameHints} from '../foundation/nearest-name.js'
import type {SpecError, SpecProblem} from './spec-error.js'
import {pointerTo, type SpecSource, type YamlSource} from './yaml-source.js'

/** Files laid over each other (`extends`, `--set`): the merged data, and for each value the file that it comes from. */
export class LayeredSource implements SpecSource {
  readonly file: string
  readonly data: unknown
  /** From the most derived to the base. */
  readonly layers: readonly [YamlSource, ...YamlSource[]]

  constructor(layers: readonly [YamlSource, ...YamlSource[]]) {
    this.layers = layers
    this.file = layers[0].file
    this.data = layers.toReversed().reduce<unknown>((base, layer) => {
      refuseIdleNulls(layer, base, layer.data, '')
      return overlaid(base, layer.data)
    }, undefined)
  }

  problem(pointer: string, message: string, suggestions: readonly string[] = []): SpecProblem {
    return this.#nearestLayer(pointer).problem(pointer, message, suggestions)
  }

  error(pointer: string, message: string, suggestions: readonly string[] = [], code?: string): SpecError {
    return this.#nearestLayer(pointer).error(pointer, message, suggestions, code)
  }

  /** The file that says what stands at `pointer`; undefined for text that stands in no file. */
  pathOf(pointer: string): string | undefined {
    return this.#nearestLayer(pointer).path
  }

  /** The layer that holds the value at `pointer`, or its nearest ancestor: what replaces a value hides all that lay under it. */
  #nearestLayer(pointer: string): YamlSource {
    const keys = pointer.split('/')
    let visible: readonly YamlSource[] = this.layers
    let [nearest] = this.layers
    for (let depth = 2; depth <= keys.length && visible.length > 0; depth++) {
      const at = keys.slice(0, depth).join('/')
      const holders = visible.filter((layer) => layer.has(at))
      const replacing = holders.findIndex((layer) => !isMap(layer.valueAt(at)))
      visible = replacing < 0 ? holders : holders.slice(0, Math.max(1, replacing))
      nearest = visible[0] ?? nearest
    }
    return nearest
  }
}

/** A value over a base: maps merge key by key, `null` removes a key, anything else replaces. */
function overlaid(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over
  // A map, since assigning to an object's `__proto__` would hide that key from the schema.
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(over)) {
    if (value === null) merged.delete(key)
    else merged.set(key, overlaid(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

/** A `null` that removes nothing is a slip of the pen: what it was meant to remove would stay. */
function refuseIdleNulls(layer: YamlSource, base: unknown, over: unknown, pointer: string): void {
  if (!isMap(base) || !isMap(over)) return
  for (const [key, value] of Object.entries(over)) {
    const at = pointerTo(pointer, key)
    if (value !== null) refuseIdleNulls(layer, base[key], value, at)
    else if (!Object.hasOwn(base, key))
      throw layer.error(at, `what is extended has no ${key} to remove here`, nameHints(key, Object.keys(base)))
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
