import type {Archive} from './archive.js'
import type {Draws} from './draws.js'
import type {Optimizer} from './optimizer.js'
import {frontsOf, roomiestFirst, rowsFrom} from './ranks.js'
import {claimSample} from './sample.js'
import {type BreedingOption, breedingOptions, claimChild} from './variation.js'

/** The place of each parent, the best first: by front, and on a front those with the most room around them. */
function survivors(archive: Archive, rows: Int32Array, count: number): Int32Array {
  const kept = new Int32Array(Math.min(count, rows.length))
  let filled = 0
  for (const front of frontsOf(archive, rows)) {
    for (const row of roomiestFirst(archive, front)) if (filled < kept.length) kept[filled++] = row
    if (filled === kept.length) break
  }
  return kept
}

/** The better of two at random. */
function chosen(parents: Int32Array, draws: Draws): number {
  return parents[Math.min(draws.below(parents.length), draws.below(parents.length))]!
}

export const nsga2: Optimizer<BreedingOption> = {
  summary: 'a population that breeds: fronts first, then room (Deb et al. 2002)',
  options: breedingOptions,
  *search(archive, draws, options) {
    claimSample(archive, draws, options.population)
    yield
    let parents = survivors(archive, rowsFrom(0, archive.rowCount()), options.population)
    while (archive.openCount() > 0) {
      const first = archive.rowCount()
      for (let child = 0; child < options.population; child++)
        claimChild(archive, draws, chosen(parents, draws), chosen(parents, draws), options)
      yield
      const children = rowsFrom(first, archive.rowCount())
      parents = survivors(archive, Int32Array.from([...parents, ...children]), options.population)
    }
  },
}
