import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {resolveFile, type ShelfKind} from './catalogue.js'
import {YamlSource} from './yaml-source.js'

/** Files laid over each other, from the most derived to the base. */
export type Layers = readonly [YamlSource, ...YamlSource[]]

/** What may stand on another of its kind, with one that does as an example. */
const examples = {accelerator: 'h100-sxm', study: '../base/study.yaml'} as const satisfies Partial<Record<ShelfKind, string>>
type ExtendedKind = keyof typeof examples

/** A file and those that it extends. */
export function extendedLayers(kind: ExtendedKind, file: string, descendants: readonly string[] = []): Layers {
  const layer = YamlSource.read(file)
  if (descendants.includes(file)) {
    const chain = [...descendants.slice(descendants.indexOf(file)), file].map((each) => path.relative(process.cwd(), each)).join(' → ')
    const plural = kind === 'study' ? 'studies' : `${kind}s`
    throw layer.error(
      '/extends',
      `${plural} extend each other in a circle: ${chain}`,
      ['let one of them stand on its own'],
      'EXTENDS_CYCLE',
    )
  }
  return [layer, ...baseLayers(kind, layer, path.dirname(file), [...descendants, file])]
}

/** The files that a text extends, from the one that it names to the base. */
export function baseLayers(
  kind: ExtendedKind,
  layer: YamlSource,
  folder: string,
  descendants: readonly string[] = [],
): readonly YamlSource[] {
  const base = (layer.data as Readonly<Record<string, unknown>> | null)?.['extends']
  if (base === undefined) return []
  if (typeof base !== 'string')
    throw layer.error('/extends', `extends names one ${kind}`, [`write it as in \`extends: ${examples[kind]}\``])
  let file: string
  try {
    file = resolveFile(kind, base, folder)
  } catch (error) {
    if (error instanceof UserError) throw layer.error('/extends', error.message, error.suggestions, error.code)
    throw error
  }
  return extendedLayers(kind, file, descendants)
}
