import {kernelModels} from '../../src/cost/calibrated/kernel-models.js'

/** The README's table of what is fitted: every parameter of every model, models with the same ones in one line each. */
export function parameterTable(): string {
  const lines = ['| classes | parameter | unit | bounds | shared by | meaning |', '|---|---|---|---|---|---|']
  const classesByModel = new Map<string, string[]>()
  for (const [name, model] of Object.entries(kernelModels)) {
    const key = JSON.stringify(model.parameters)
    classesByModel.set(key, [...(classesByModel.get(key) ?? []), name])
  }
  for (const classes of classesByModel.values()) {
    const {parameters} = kernelModels[classes[0] as keyof typeof kernelModels]!
    for (const [name, {unit, least, most, scope, meaning}] of Object.entries(parameters))
      lines.push(`| ${classes.join(', ')} | ${name} | ${unit} | ${least} to ${most} | ${scope} | ${meaning} |`)
  }
  return lines.join('\n')
}
