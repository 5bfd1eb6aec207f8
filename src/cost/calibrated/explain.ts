import type {Explanation, TimeStep} from '../explanation.js'
import {idealStep} from '../roofline/roofline.js'
import type {KernelContext, KernelModel} from './kernel-model.js'

/**
 * The way from the ideal time of a machine's first row to the predicted one: what the structure of the kernel costs when all
 * else is ideal, then each parameter's share as it takes its fitted value, in their order.
 */
export function explainKernel(model: KernelModel, context: KernelContext, idealSeconds: number, coreHertz: number): Explanation {
  const trial = Float64Array.from(Object.values(model.parameters), ({ideal}) => ideal)
  const {time} = model.compile({...context, parameters: trial})
  const [hertz, seconds, boundBy] = [Float64Array.of(coreHertz), new Float64Array(1), new Int32Array(1)]
  const trialSeconds = (): number => {
    time(hertz, seconds, boundBy, 1)
    return seconds[0]!
  }
  let before = trialSeconds()
  const steps: TimeStep[] = [idealStep(idealSeconds), structureStep(before - idealSeconds)]
  for (const [index, [name, {meaning, source}]] of Object.entries(model.parameters).entries()) {
    trial[index] = context.parameters[index]!
    const after = trialSeconds()
    if (after !== before) steps.push({name, meaning, source, seconds: after - before})
    before = after
  }
  return {facts: model.compile(context).facts(coreHertz, 0), steps}
}

function structureStep(seconds: number): TimeStep {
  return {
    name: 'structure',
    meaning: 'tiles, waves, splits and padding; below zero where a cache keeps operands',
    source: 'the shape of the kernel on this machine',
    seconds,
  }
}
