/** Whatever waits has its turn before this goes on, such as an interrupt. */
export async function otherTurns(): Promise<undefined> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}
