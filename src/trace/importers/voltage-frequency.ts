import type {TraceFormat} from './trace-format.js'

export const voltageFrequency: TraceFormat = {
  requiredColumns: ['device', 'clock_mhz', 'voltage_mv', 'idle_power_w'],
  holds: "a device's supply voltage and idle power at each clock",
  use: 'copy it into the clocks and power sections of an accelerator.yaml; give validate a trace with one kernel or one pass a row',
}
