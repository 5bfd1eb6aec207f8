import {operandRoles, tensorClasses, unitKinds} from '../../foundation/resource.js'
import {byDtype, curve, name, named, object, quantity, text} from './accelerator-parts.js'

/** What an accelerator file may hold, after `extends` and overrides are merged. */
export const acceleratorSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint accelerator',
  description: 'Compute units, memory hierarchy, links, clocks, power, area and cost of an accelerator.',
  type: 'object',
  properties: {
    $schema: text,
    title: {...text, description: 'the name people know it by'},
    extends: {...text, description: 'a shipped accelerator or a file that this one overrides'},
    generation: {...text, description: 'the generation whose measurements stand in for those that this one lacks'},
    source: {$ref: '#/$defs/source'},
    estimate: {$ref: '#/$defs/estimate'},
    range: {$ref: '#/$defs/range'},
    sources: {
      type: 'object',
      propertyNames: name,
      additionalProperties: {
        type: 'object',
        properties: {title: text, url: text, note: text, licence: text},
        required: ['title'],
        additionalProperties: false,
      },
    },
    technology: object(
      {
        node: quantity('the process that energies of the die are stated in, such as 45 nm'),
        voltage: quantity('the voltage that they are stated at'),
        to: quantity('the process to carry them to'),
        toVoltage: quantity('the voltage there'),
        scaling: {...text, description: 'how they are carried over: stillmaker-baas or operation-tables'},
      },
      ['node', 'voltage'],
      'the technology of the die, and another one to carry its energies to',
    ),
    parameters: {
      type: 'object',
      propertyNames: name,
      additionalProperties: {
        anyOf: [
          {type: ['string', 'number']},
          {
            type: 'object',
            properties: {
              value: {type: ['string', 'number']},
              describes: text,
              source: {$ref: '#/$defs/source'},
              estimate: {$ref: '#/$defs/estimate'},
              range: {$ref: '#/$defs/range'},
            },
            required: ['value'],
            additionalProperties: false,
          },
        ],
        description: 'a quantity or expression, or {value, describes, source}',
      },
    },
    clocks: {
      ...named(
        object(
          {
            minimum: quantity('lowest clock'),
            maximum: quantity('highest (boost) clock'),
            step: quantity('distance of clock states'),
            states: {
              type: 'array',
              minItems: 1,
              items: quantity('a clock, such as 1410 MHz'),
              description: 'the clocks that can be set, rising; in place of minimum, maximum and step',
            },
            nominal: quantity('clock at which absolute rates of this domain are stated'),
            base: quantity('clock that the maker guarantees under any load, to which a card with little to do falls back'),
            voltage: {
              anyOf: [
                curve({voltage: quantity('a voltage, such as 0.75 V')}),
                object(
                  {
                    floor: quantity('voltage up to the knee'),
                    knee: quantity('clock where voltage begins to rise'),
                    slope: quantity('voltage per clock beyond the knee'),
                  },
                  ['floor', 'knee', 'slope'],
                ),
              ],
              description: 'a list of {clock, voltage}, or {floor, knee, slope}',
            },
            voltageScale: quantity('voltage of this design over that of the curve'),
            voltageSource: {$ref: '#/$defs/source'},
            voltageEstimate: {$ref: '#/$defs/estimate'},
            voltageRange: {$ref: '#/$defs/range'},
            energyVoltage: quantity('voltage at which energies of this domain are stated'),
            energyExponent: quantity('exponent of voltage in dynamic energy, 2 for ideal CMOS'),
          },
          ['nominal', 'voltage', 'energyVoltage', 'energyExponent'],
        ),
      ),
      required: ['core'],
      description: 'clock domains; `core` must be among them',
    },
    units: {
      ...named(
        object(
          {
            kind: {enum: unitKinds},
            count: quantity('number of these units'),
            clock: {...text, description: 'a clock domain'},
            tile: object({m: quantity('rows'), n: quantity('columns'), k: quantity('depth')}, ['m', 'n', 'k'], 'the native matrix tile'),
            systolic: object(
              {
                rows: quantity('rows of cells; what an array holds still moves in one row a cycle'),
                columns: quantity('columns of cells'),
                preload: {
                  type: 'boolean',
                  description: 'cells have registers for the next tile, which moves in while the present one is used',
                },
              },
              ['rows', 'columns', 'preload'],
              'of a matrix unit whose cells hand operands and sums to their neighbours, one a cycle',
            ),
            operationsPerCycle: {...byDtype('operations of one unit per cycle, a multiply-add is 2'), minProperties: 1},
            energyPerOperation: {...byDtype('energy of one operation, such as 0.4 pJ/op'), minProperties: 1},
            arithmeticEnergy: byDtype(
              'part of energyPerOperation that is arithmetic alone, where the rest are accesses to the innermost memory, which a mapping counts',
            ),
            energyPerElement: quantity(
              'of a vector unit: energy of one element-operation of kernels of rows and elements beside its arithmetic (fetch, decode, address, convert, move), such as 300 pJ/op',
            ),
          },
          ['kind', 'count', 'clock', 'operationsPerCycle', 'energyPerOperation'],
        ),
      ),
      description: 'compute units by name',
    },
    memories: {
      ...named(
        object(
          {
            kind: {enum: ['register', 'scratchpad', 'cache', 'dram']},
            instances: quantity('number of instances'),
            capacity: quantity('capacity of one instance'),
            bandwidth: quantity('rate of one instance that reads and writes share, per second or per cycle'),
            readBandwidth: quantity('read rate of one instance'),
            writeBandwidth: quantity('write rate of one instance'),
            latency: quantity('time from request to data'),
            threads: quantity('threads that one instance keeps under way at the most; without it only its capacity limits them'),
            energy: quantity('energy per byte or bit, read or written'),
            readEnergy: quantity('energy per byte read'),
            writeEnergy: quantity('energy per byte written'),
            clock: {...text, description: 'the clock domain that rates and energies follow'},
            bypass: {type: 'array', items: {enum: tensorClasses}, uniqueItems: true},
            mapping: object(
              {
                access: quantity('the least that one access moves, such as 8 B; without it any number of bytes can move'),
                multicast: {type: 'boolean', description: 'one read can feed all of the units or memories inward that want the same words'},
                reduction: {type: 'boolean', description: 'results for the same word are added on their way here'},
                buffers: {
                  enum: [1, 2],
                  description: '1 where a tile waits for the one before it, 2 where half is filled while the other half is in use',
                },
                operands: {type: 'array', items: {enum: operandRoles}, minItems: 1, uniqueItems: true, description: 'all that it can hold'},
                partitions: object(
                  Object.fromEntries(operandRoles.map((role) => [role, quantity('capacity that this operand has to itself')])),
                  [],
                  'of a level that is a memory for each operand, each with its ports',
                ),
              },
              [],
              'what a mapping has to know of this level, beyond what a bound needs',
            ),
          },
          ['kind', 'instances', 'capacity', 'latency'],
        ),
      ),
      description: 'memory levels by name, from the compute units outward; the last one is the main memory',
    },
    links: {
      type: 'object',
      propertyNames: name,
      additionalProperties: object(
        {
          topology: {enum: ['switch', 'ring', 'mesh', 'torus', 'point-to-point', 'host']},
          reduction: {
            enum: ['endpoints', 'in-switch'],
            description: 'where an all-reduce adds: in the devices (default), or in a switch that multicasts the sum',
          },
          reductionSource: {$ref: '#/$defs/source'},
          count: quantity('number of links'),
          bandwidthPerDirection: quantity('rate of one link in one direction'),
          latency: quantity('time of one hop'),
          energy: quantity('energy per bit'),
          maximumRanks: quantity('devices that these links join'),
        },
        ['topology', 'count', 'bandwidthPerDirection', 'latency', 'energy', 'maximumRanks'],
      ),
    },
    power: object(
      {
        limit: quantity('default power limit'),
        minimumLimit: quantity('lowest power limit that can be set'),
        maximumLimit: quantity('highest power limit that can be set'),
        regulation: quantity('average power that the limit’s controller holds, over the limit; 1 where it is not given'),
        response: quantity('time after which the clock of work that exceeds the limit has followed it'),
        idle: {...curve({power: quantity('a power, such as 60 W')}), description: 'idle power by core clock: a list of {clock, power}'},
        idleScale: quantity('idle power of this design over that of the described one'),
        idleSource: {$ref: '#/$defs/source'},
        idleEstimate: {$ref: '#/$defs/estimate'},
        idleRange: {$ref: '#/$defs/range'},
        static: quantity('static power beyond idle while work runs, at staticVoltage'),
        staticVoltage: quantity('the core voltage at which `static` holds'),
        clocking: quantity('power of clock tree and schedulers while kernels run, at the nominal core clock and its energyVoltage'),
        regulatorEfficiency: quantity(
          'share of the power drawn for the core that its voltage regulator passes on; without it the energies stated hold its loss',
        ),
        thermal: object(
          {
            ambient: quantity('temperature of what cools the chip, such as 35 degC'),
            resistance: quantity('rise of the chip’s temperature per power, such as 0.1 K/W'),
            limit: quantity('temperature that the clock is lowered to keep; without it heat lowers none'),
            staticTemperature: quantity('the temperature at which `static` holds'),
            staticGrowth: quantity('relative growth of static power with temperature, such as 0.02 /K'),
          },
          ['ambient', 'resistance'],
          'how the device is cooled in its place; without it no temperature acts',
        ),
      },
      ['limit', 'minimumLimit', 'maximumLimit', 'idle', 'static', 'staticVoltage'],
    ),
    dies: {
      type: 'object',
      propertyNames: name,
      additionalProperties: object(
        {
          node: {...text, description: 'process node'},
          count: quantity('dies of this kind in the package'),
          components: named(object({count: quantity('how many'), area: quantity('area of one')}, ['area'])),
          wafer: object(
            {
              price: quantity('price of a processed wafer'),
              diameter: quantity('wafer diameter'),
              defectDensity: quantity('defects per area'),
              clusterExponent: quantity('exponent of the negative binomial yield'),
              carbon: quantity('carbon dioxide equivalent of making the wafer, over its area'),
            },
            ['price', 'diameter', 'defectDensity', 'clusterExponent'],
          ),
        },
        ['node', 'components'],
      ),
    },
    host: object(
      {launch: quantity('time to launch a kernel, over that of the hosts where launches were measured')},
      ['launch'],
      'the host beside the device',
    ),
    memoryPrice: quantity('price of main memory, such as 12 USD/GB'),
    memoryCarbon: quantity('carbon dioxide equivalent of making main memory, such as 65 g/GB'),
  },
  required: ['title', 'sources', 'clocks', 'units', 'memories', 'power'],
  additionalProperties: false,
  $defs: {
    source: {type: 'string', minLength: 1, description: 'a name under `sources`, then a comma and where in it'},
    estimate: {type: 'string', minLength: 1, description: 'how a value that is not public was estimated'},
    range: {
      type: 'string',
      minLength: 1,
      description:
        'how far off it may be: `x2` (times or over 2, even over the logarithm), `±10 %`, `±0.1 V` or `[0.42 pJ/op, 0.54 pJ/op]` (even over the value), or `exact` for what no error can move',
    },
    quantity: {
      anyOf: [
        {type: ['string', 'number']},
        {
          type: 'object',
          properties: {
            value: {type: ['string', 'number']},
            source: {$ref: '#/$defs/source'},
            estimate: {$ref: '#/$defs/estimate'},
            range: {$ref: '#/$defs/range'},
          },
          required: ['value'],
          additionalProperties: false,
        },
      ],
      description: 'a value with its unit such as "24 MiB", an expression over parameters, or {value, source, estimate, range}',
    },
  },
} as const
