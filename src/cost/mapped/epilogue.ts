import type {OperatorNode} from '../../workload/operator.js'
import {operatorProblems} from '../../workload/operator-problems.js'
import {accessBytes} from './bytes-beside.js'
import type {MappedWork} from './product-columns.js'
import type {CountedNest} from './product-cost.js'
import type {MapProduct} from './product-mapper.js'

/**
 * A product with the work on its results' elements behind it: mapped as the product alone, but that what leaves for the outermost memory is
 * what the last of that work made.
 */
export function epilogueWorks(node: OperatorNode, parts: readonly OperatorNode[], mapProduct: MapProduct): MappedWork[] {
  const savedBytes = accessBytes(parts[0]!.demand.writes) - accessBytes(node.demand.writes)
  return operatorProblems(parts[0]!).map(({problem, ...each}) => ({
    ...each,
    countedOn: (hierarchies) => withoutWrites(mapProduct(problem, hierarchies), savedBytes),
  }))
}

function withoutWrites({levels, ...counted}: CountedNest, bytes: number): CountedNest {
  const [outermost, ...inner] = levels
  const writtenBytes = outermost!.writtenBytes - bytes / outermost!.instanceCount
  return {...counted, levels: [{...outermost!, writtenBytes}, ...inner]}
}
