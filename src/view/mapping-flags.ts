import {integer, string} from '@oclif/core/flags'
import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {mappingChoice} from '../sweep/mapping-axes.js'
import {defaultFusion, fusionScopes} from '../workload/fusion.js'

/** What runs together of a pass. */
export const fusionFlag = string({
  description: `What runs together in mapped times: ${fusionScopes.join(', ')}, or several as attention+mlp; ${defaultFusion} by default.`,
  helpValue: 'NAME[+NAME]',
})

/** How the products of a pass are mapped, in the fidelity that maps them. */
export const mappingFlags = {
  strategy: string({description: 'A dataflow by name, or a file of partial constraints, for mapped times.', helpValue: 'NAME|FILE'}),
  objective: string({description: 'What each mapping makes least; latency, then energy, by default.', helpValue: 'NAME[,NAME]'}),
  fusion: fusionFlag,
  'mapping-budget': integer({description: 'Mappings to try for each product.', min: 1}),
}

/** What the flags say of mappings; undefined where they say nothing. */
export function chosenMapping(
  flags: Readonly<{
    strategy?: string | undefined
    objective?: string | undefined
    'mapping-budget'?: number | undefined
    fusion?: string | undefined
  }>,
): MappingChoice | undefined {
  const {strategy, objective, 'mapping-budget': budget, fusion} = flags
  return mappingChoice({strategy, objective, budget, fusion}, process.cwd())
}
