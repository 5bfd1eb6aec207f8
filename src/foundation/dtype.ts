/** Number formats and their widths. */
export const dtypeBits = {fp64: 64, tf32: 32, fp32: 32, bf16: 16, fp16: 16, int16: 16, fp8: 8, int8: 8, fp4: 4, int4: 4} as const

export type Dtype = keyof typeof dtypeBits

export const dtypes = Object.keys(dtypeBits) as readonly Dtype[]

/** Bytes that one element of a format takes in memory. */
export function dtypeBytes(dtype: Dtype): number {
  return dtypeBits[dtype] / 8
}
