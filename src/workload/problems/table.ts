import type {ProblemShapeName} from '../../spec/schemas/problem-shapes.js'
import {conv1d, conv2d, depthwise} from './convolution.js'
import type {FormOf} from './form.js'
import {batchedGemm, gemm, gemv, groupedGemm} from './matrix.js'

/** The general form of each problem that has a short one. */
export const problemForms = {
  gemm,
  'batched-gemm': batchedGemm,
  'grouped-gemm': groupedGemm,
  gemv,
  conv1d,
  conv2d,
  depthwise,
} satisfies Record<ProblemShapeName, FormOf>
