import type {TransformerInput} from './transformer-input.js'

/** Parts of a transformer whose sizes contradict each other: where in a workload file, what, and how to mend it. */
export interface ImpossibleParts {
  readonly pointer: '/moe/topK' | '/attention/kvHeads' | '/attention/heads' | '/patches/patchSize'
  readonly message: string
  readonly hint: string
}

/** The first contradiction between the sizes of a transformer's parts, which no schema can say. */
export function impossibleParts({hidden, attention, moe, patches}: TransformerInput): ImpossibleParts | undefined {
  if (moe && moe.topK > moe.experts) {
    const message = `a token cannot pass ${moe.topK} of ${moe.experts} experts`
    return {pointer: '/moe/topK', message, hint: 'topK is at most experts'}
  }
  const {heads, kvHeads = heads, headDim} = attention
  if (heads % kvHeads !== 0) {
    const message = `${heads} query heads cannot share ${kvHeads} key heads equally`
    return {pointer: '/attention/kvHeads', message, hint: 'kvHeads divides heads'}
  }
  if (headDim === undefined && hidden % heads !== 0) {
    const message = `hidden ${hidden} does not divide into ${heads} heads`
    return {pointer: '/attention/heads', message, hint: 'add headDim, or change heads'}
  }
  if (patches && patches.imageSize % patches.patchSize !== 0) {
    const message = `an image of ${patches.imageSize} pixels cannot be cut into patches of ${patches.patchSize}`
    return {pointer: '/patches/patchSize', message, hint: 'patchSize divides imageSize'}
  }
  return undefined
}
