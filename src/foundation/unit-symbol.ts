/** A unit as people write it: "mm²", "J s²/B", "/s"; nothing where there is no name for it. */
export function screenUnit(unit: string): string {
  if (unit === 'base units') return ''
  return unit.replace(/^1\//, '/').replaceAll('^2', '²').replaceAll('^3', '³')
}

/** Units that people write without prefixes: 0.75 V, 814 mm², 9350 USD, 300 mm. */
const unprefixed = new Set(['V', 'mm', 'mm²', 'USD', 'USD/h', '°C'])
/** A prefix before a power would be raised with it: ms² is a millionth of s². */
const beginsRaised = /^[^ /]+[²³]/

/** Whether an SI prefix may stand before a unit: "mJ s", but neither "kUSD" nor "ms²". */
export function takesPrefix(symbol: string): boolean {
  return !unprefixed.has(symbol) && !beginsRaised.test(symbol)
}
