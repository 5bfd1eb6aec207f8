import type {Machine} from '../accelerator/machine.js'

/** What can bound a pass: units, memory levels, links, then overhead, threads that wait for memory, and the host that issues the kernels. */
export function boundNames({units, memories, links}: Machine<unknown>): readonly string[] {
  return [...units.map(({name}) => name), ...memories.map(({name}) => name), ...links.map(({name}) => name), 'overhead', 'latency', 'host']
}
