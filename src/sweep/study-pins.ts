import {createHash} from 'node:crypto'
import {axesOf, ruleOf, spaceIdentity} from './space-identity.js'
import type {Study} from './study.js'

/** What a study was resolved to, as a fingerprint for each of its parts: equal where every point and every answer is. */
export type StudyPins = Readonly<Record<string, string>>

/** Fingerprints of a study by the names of its parts; titles, comments and the way it is written leave no trace. */
export function studyPins({spaces, constraints, objectives}: Study): StudyPins {
  const parts = spaces.flatMap((space, index): [string, unknown][] => {
    const identity = spaceIdentity(space)
    const place = `space ${index + 1}`
    return [
      [`${place}, ${identity.accelerator} with ${identity.workload} ${identity.phase}`, identity],
      [`sampler of ${place}`, space.sampler],
      ...axesOf(space).map((axis): [string, unknown] => [`axis ${axis.name} of ${place}`, [axis.unit, ruleOf(axis)]]),
    ]
  })
  const questions: [string, unknown][] = [
    ['constraints', constraints.map(({text}) => text)],
    ['objectives', objectives],
  ]
  return Object.fromEntries([...parts, ...questions].map(([name, content]) => [name, fingerprint(content)]))
}

/** Names of the parts in which two studies differ. */
export function differingPins(planned: StudyPins, now: StudyPins): readonly string[] {
  return [...new Set([...Object.keys(planned), ...Object.keys(now)])].filter((name) => planned[name] !== now[name])
}

function fingerprint(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
}
