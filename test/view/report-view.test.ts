import path from 'node:path'
import {expect, it} from 'vitest'
import {reportText} from '../../src/view/report-view.js'

it('counts one figure and one file as one', () => {
  const folder = 'out'
  const written = {folder, fidelities: [], validation: null, heldOutMapeRatio: null, profileErrors: []}
  const at = (name: string): string => path.join(folder, 'figures', name)
  expect(reportText({...written, files: [at('a.png')]})).toContain('(1 figure, 1 file)')
  expect(reportText({...written, files: [at('a.png'), at('a.csv'), at('b.csv')]})).toContain('(2 figures, 3 files)')
})
