import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../../../src/spec/catalogue.js'
import {SpecError} from '../../../src/spec/spec-error.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
import type {PassInput} from '../../../src/workload/pass.js'

const folder = mkdtempSync(path.join(os.tmpdir(), 'ridge-quantized-'))
const llama = JSON.parse(readFileSync(path.join(packageRoot, 'test', 'workload', 'configs', 'llama.json'), 'utf8')) as object

function load(changes: object, pass: PassInput = {}) {
  const file = path.join(folder, 'config.json')
  writeFileSync(file, JSON.stringify({...changes, ...llama}, null, 2))
  return loadWorkload(file, pass)
}

function refusalOf(changes: object, pass: PassInput = {}): SpecError {
  try {
    load(changes, pass)
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a config.json with quantized weights', () => {
  it.each([
    [{quant_method: 'awq', bits: 4, group_size: 128}, 'int4'],
    [{quant_method: 'gptq', bits: 8}, 'int8'],
    [{quant_method: 'fp8', fmt: 'e4m3', weight_block_size: [128, 128]}, 'fp8'],
    [{quant_method: 'fbgemm_fp8'}, 'fp8'],
    [{quant_method: 'bitsandbytes', load_in_4bit: true, bnb_4bit_quant_type: 'nf4'}, 'int4'],
    [{quant_method: 'bitsandbytes', load_in_4bit: true, bnb_4bit_quant_type: 'fp4'}, 'fp4'],
    [{quant_method: 'bitsandbytes', load_in_4bit: false, load_in_8bit: true}, 'int8'],
    [{quant_method: 'mxfp4'}, 'fp4'],
    [{quant_method: 'modelopt', quant_algo: 'NVFP4'}, 'fp4'],
    [{quant_method: 'compressed-tensors', config_groups: {group_0: {weights: {num_bits: 8, type: 'float'}}}}, 'fp8'],
    [{quant_method: 'compressed-tensors', config_groups: {group_0: {weights: {num_bits: 4, type: 'int'}}}}, 'int4'],
  ] as const)('is refused at the place of %j with the hint --weight-dtype %s', (quantization, dtype) => {
    const error = refusalOf({quantization_config: quantization})
    expect(error.code).toBe('QUANTIZED_WEIGHTS')
    expect(error.problems[0]).toMatchObject({pointer: '/quantization_config', line: 2})
    expect(error.message).toContain(`stored quantized (${quantization.quant_method}, as ${dtype})`)
    expect(error.suggestions[0]).toBe(`add --weight-dtype ${dtype}, in a study weightDtype: ${dtype}`)
  })

  it('of a width that is not known names the choices', () => {
    const error = refusalOf({quantization_config: {quant_method: 'gptq', bits: 3}})
    expect(error.message).toContain('stored quantized (gptq)')
    expect(error.suggestions[0]).toContain('or int8 or fp8')
  })

  it('is accepted once the pass says how weights are stored, which then counts', () => {
    const changes = {quantization_config: {quant_method: 'awq', bits: 4}}
    const plain = load({}).residentBytes.weights
    expect(load(changes, {weightDtype: 'int4'}).residentBytes.weights).toBe(plain / 4)
    expect(load(changes, {weightDtype: 'bf16'}).residentBytes.weights).toBe(plain)
    expect(load({quantization_config: {quant_method: 'fp8'}}, {dtype: 'fp8'}).residentBytes.weights).toBe(plain / 2)
    expect(refusalOf({quantization_config: {quant_method: 'fp8'}}, {dtype: 'fp16'}).code).toBe('QUANTIZED_WEIGHTS')
  })

  it('is not what a null or any torch_dtype makes it', () => {
    const plain = load({}).residentBytes.weights
    expect(load({quantization_config: null, torch_dtype: 'float32'}).residentBytes.weights).toBe(plain)
  })
})
