/** A name as SQL columns and CSV headers write it: `latencySeconds` becomes `latency_seconds`. */
export function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}
