import type {Column, Link, Machine} from '../../accelerator/machine.js'
import type {Collective, Wire} from '../../workload/operator.js'
import type {Fact} from '../explanation.js'
import {hopCount, sentBytes} from '../wire.js'
import type {CompiledKernel, KernelContext, KernelModel} from './kernel-model.js'
import {levelBytesPerSecond, mainMemory} from './machine-parts.js'

/** The communication buffer of a connection, through which large messages stream. NCCL, NCCL_BUFFSIZE. */
const bufferBytes = 4 * 1024 ** 2
/** Direct exchanges up to here carry a flag in every word. NCCL, NCCL_P2P_LL_THRESHOLD. */
const flaggedExchangeBytes = 16 * 1024
/** A step that gives each of 512 threads one line of 16 bytes has started all of them. NCCL, prims_ll.h. */
const fullStepBytes = 8 * 1024
/** A ring's send rate as the library plans it, over the links' peak: 20 GB/s of 25. NCCL, topo.h, SM80_NVLINK_BW. */
const plannedLinkShare = 0.8
/** Posting an exchange with one more peer, over a hop; fitted once, for A100 and H100 together. */
const postHopRatio = 0.25
/** Share of a ring's rate that reductions in the switch reach. NCCL, tuning.cc, nvlsEfficiency of Hopper. */
const switchShare = 0.85

/**
 * Protocols of a ring and what the library's tuner thinks of them (NCCL 2.27, tuning.cc): it takes the one with the least
 * base + hops × hop + bytes / rate. Only the choice is the tuner's; the time is this model's.
 * `payloadShare` is data per byte on the wire: a flag with every word, with every line of 128, or none.
 */
const protocols = [
  {name: 'flag in every word', baseSeconds: 6.6e-6, hopSeconds: 0.6e-6, hostHopSeconds: 1e-6, plannedShare: 0.313, payloadShare: 1 / 2},
  {
    name: 'flag in every line',
    baseSeconds: 14e-6,
    hopSeconds: 1.9e-6,
    hostHopSeconds: Number.POSITIVE_INFINITY,
    plannedShare: 0.92 * plannedLinkShare,
    payloadShare: 120 / 128,
  },
  {name: 'simple', baseSeconds: 8.4e-6, hopSeconds: 3.4e-6, hostHopSeconds: 5.7e-6, plannedShare: plannedLinkShare, payloadShare: 1},
] as const
const [wordFlags, , simple] = protocols
type Protocol = (typeof protocols)[number]

/** Ring steps, each of which moves one rank's share of the buffer. Thakur et al., IJHPCA 19(1), 2005. */
const ringStepCount: Readonly<Record<Collective, (rankCount: number) => number>> = {
  allreduce: (n) => 2 * (n - 1),
  all_gather: (n) => n - 1,
  reduce_scatter: (n) => n - 1,
  alltoall: (n) => n - 1,
  send_receive: () => 1,
}

type Parameter = 'start' | 'hop' | 'linkShare' | 'exchange'

/** Exchanges between the devices of one node: latency and bandwidth of the algorithm and protocol that the library would take. */
export const collectiveTime: KernelModel<Parameter> = {
  parameters: {
    start: {
      unit: 'us',
      least: 0,
      most: 30,
      start: 6,
      ideal: 0,
      scope: 'device',
      meaning: 'launch on all ranks, until the first byte leaves',
      source: 'intercept over ring steps',
    },
    hop: {
      unit: 'ratio',
      least: 0,
      most: 5,
      start: 1,
      ideal: 0,
      scope: 'generation',
      meaning: "one hop of the smallest message, over the link's latency",
      source: 'latency–bandwidth model, Thakur et al., IJHPCA 19(1), 2005',
    },
    linkShare: {
      unit: 'ratio',
      least: 0.3,
      most: 1,
      start: 0.75,
      ideal: 1,
      scope: 'generation',
      meaning: "payload over the links' peak bandwidth",
      source: 'packet headers and flow control of the link',
    },
    exchange: {
      unit: 'us',
      least: 0,
      most: 20,
      start: 4,
      ideal: 0,
      scope: 'device',
      meaning: 'set-up of direct connections to all peers',
      source: 'NCCL, grouped sends and receives',
    },
  },
  compile: compileCollective,
}

function compileCollective(context: KernelContext): CompiledKernel {
  const {machine, node, parameters, boundIndex} = context
  const {wire} = node.demand
  const link = wire === undefined || wire.rankCount <= 1 ? undefined : machine.links.find((each) => joins(each, wire.rankCount))
  if (wire === undefined || link === undefined) return nothing(context)
  const [overheadBound, linkBound] = [boundIndex('overhead'), boundIndex(link.name)]
  const exchange: Exchange = {wire, link, machine, stepCount: ringStepCount[wire.collective](wire.rankCount), hopCount: hopCount(wire)}
  const startSeconds = (): number => parameters[0]! * 1e-6
  const rateAt = (row: number): number => peakRate(link, row) * parameters[2]!
  const hopAt = (row: number): number => link.latencySeconds[row]! * parameters[1]!
  const endsAt = (coreHertz: number, row: number): number => {
    const copySeconds = ownShareSeconds(exchange, coreHertz, row)
    return isDirect(wire)
      ? directSeconds(exchange, rateAt(row), hopAt(row), parameters[3]! * 1e-6, copySeconds, row)
      : ringSeconds(exchange, plannedProtocol(exchange, row), rateAt(row), hopAt(row), copySeconds)
  }
  const inSwitchAt = (row: number): number => (isSwitchReducing(exchange) ? switchSeconds(wire, rateAt(row)) : Number.POSITIVE_INFINITY)
  const time = (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number): void => {
    for (let row = 0; row < rowCount; row++) {
      const total = startSeconds() + Math.min(endsAt(coreHertz[row]!, row), inSwitchAt(row))
      seconds[row] = total
      boundBy[row] = 2 * exchange.stepCount * shareBytes(wire) > total * rateAt(row) ? linkBound : overheadBound
    }
  }
  const facts = (coreHertz: number, row: number): Fact[] => {
    const isInSwitch = inSwitchAt(row) < endsAt(coreHertz, row)
    const total = startSeconds() + Math.min(endsAt(coreHertz, row), inSwitchAt(row))
    return [
      {name: 'links', value: link.name, unit: ''},
      {name: 'algorithm', value: isInSwitch ? 'reduction in the switch' : isDirect(wire) ? 'direct' : 'ring', unit: ''},
      {name: 'protocol', value: isInSwitch ? simple.name : protocolName(exchange, row), unit: ''},
      {name: 'steps', value: isInSwitch ? 1 : exchange.stepCount, unit: 'steps'},
      {name: 'bytes of a step', value: shareBytes(wire), unit: 'B'},
      {name: 'link rate of a rank', value: rateAt(row) / 1e9, unit: 'GB/s'},
      {name: 'hop', value: hopAt(row) * 1e6, unit: 'us'},
      {name: 'start', value: startSeconds() * 1e6, unit: 'us'},
      {name: 'copy of the own share', value: isInSwitch ? 0 : ownShareSeconds(exchange, coreHertz, row) * 1e6, unit: 'us'},
      {name: 'bus bandwidth reached', value: sentBytes(wire) / total / 1e9, unit: 'GB/s'},
    ]
  }
  return {time, hostSeconds: () => 0, facts}
}

interface Exchange {
  readonly wire: Wire
  readonly link: Link<Column>
  readonly machine: Machine<Column>
  readonly stepCount: number
  readonly hopCount: number
}

function joins(link: Link<Column>, rankCount: number): boolean {
  return link.maximumRankCount[0]! >= rankCount
}

/** Bytes a second that all links of a rank carry in one direction at their peak. */
function peakRate({bytesPerSecondPerDirection, count}: Link<Column>, row: number): number {
  return bytesPerSecondPerDirection[row]! * count[row]!
}

function nothing({boundIndex}: KernelContext): CompiledKernel {
  const overheadBound = boundIndex('overhead')
  const time = (_coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number): void => {
    seconds.fill(0, 0, rowCount)
    boundBy.fill(overheadBound, 0, rowCount)
  }
  return {time, hostSeconds: () => 0, facts: () => [{name: 'ranks', value: 1, unit: 'ranks'}]}
}

/** Every rank sends to its peers without passing anything on. */
function isDirect({collective}: Wire): boolean {
  return collective === 'alltoall' || collective === 'send_receive'
}

/** Two ranks gain nothing from a sum formed between them. */
function isSwitchReducing({wire, link}: Exchange): boolean {
  return wire.collective === 'allreduce' && wire.rankCount > 2 && link.reduction === 'in-switch'
}

function protocolName(exchange: Exchange, row: number): string {
  if (!isDirect(exchange.wire)) return plannedProtocol(exchange, row).name
  return shareBytes(exchange.wire) <= flaggedExchangeBytes ? wordFlags.name : simple.name
}

/** What a rank passes on in one step, and keeps of the buffer. */
function shareBytes({collective, bytes, rankCount}: Wire): number {
  return collective === 'send_receive' ? bytes : bytes / rankCount
}

/** A rank's own share is copied from its input to its output: read and written once, at three quarters of the memory's bandwidth. */
function ownShareSeconds({wire, machine}: Exchange, coreHertz: number, row: number): number {
  if (wire.collective === 'send_receive') return 0
  const memory = mainMemory(machine)
  return (2 * shareBytes(wire)) / (0.75 * levelBytesPerSecond(machine, memory, memory.read, coreHertz, row))
}

/** The first bytes of a message must fill the connection's buffer before all stages work at once. */
function fillSeconds(bytes: number, rate: number): number {
  return Math.min(bytes, bufferBytes) / rate
}

/** The protocol that the library's tuner takes for a ring. */
function plannedProtocol({wire, link, stepCount}: Exchange, row: number): Protocol {
  const peak = peakRate(link, row)
  const isHost = link.topology === 'host'
  let best: Protocol = wordFlags
  let leastSeconds = Number.POSITIVE_INFINITY
  for (let i = 0; i < protocols.length; i++) {
    const protocol = protocols[i]!
    const hopSeconds = isHost ? protocol.hostHopSeconds : protocol.hopSeconds
    const planned = protocol.baseSeconds + stepCount * (hopSeconds + shareBytes(wire) / (protocol.plannedShare * peak))
    if (planned < leastSeconds) {
      leastSeconds = planned
      best = protocol
    }
  }
  return best
}

/** A ring: the hops of the first bytes, then every share through every step; flags are read and stripped in one more step. */
function ringSeconds(exchange: Exchange, protocol: Protocol, rate: number, hopSeconds: number, copySeconds: number): number {
  const {wire, stepCount, hopCount: hops} = exchange
  const bytes = shareBytes(wire)
  const startedRatio = Math.min(1, bytes / fullStepBytes)
  const latencySeconds = (hops + startedRatio) * hopSeconds
  if (protocol === wordFlags) return latencySeconds + ((stepCount + 1) * bytes) / (protocol.payloadShare * rate)
  const streamSeconds = latencySeconds + fillSeconds(wire.bytes, rate)
  if (protocol === simple) return streamSeconds + (stepCount * bytes) / rate + copySeconds
  return streamSeconds + ((stepCount + 1) * bytes) / (protocol.payloadShare * rate)
}

/** All peers at once: request, credit and data make three hops, posting to each further peer a part of one; small shares pass through one link with flags, large ones stream. */
function directSeconds(
  exchange: Exchange,
  rate: number,
  hopSeconds: number,
  exchangeSeconds: number,
  copySeconds: number,
  row: number,
): number {
  const {wire, link, stepCount} = exchange
  const bytes = shareBytes(wire)
  const flaggedSeconds = (bytes * link.count[row]!) / (wordFlags.payloadShare * rate)
  const furtherPeerCount = wire.collective === 'send_receive' ? 0 : Math.max(0, wire.rankCount - 2)
  const latencySeconds = (3 + postHopRatio * furtherPeerCount) * hopSeconds
  if (bytes <= flaggedExchangeBytes) return latencySeconds + Math.min(flaggedSeconds, exchangeSeconds)
  return latencySeconds + exchangeSeconds + fillSeconds(bytes, rate) + (stepCount * shareBytes(wire)) / rate + copySeconds
}

/** Reduction in the switch: each rank sends its buffer once and 1/n of the sum; scatter, reduce, broadcast and gather each fill a buffer. */
function switchSeconds({bytes, rankCount}: Wire, rate: number): number {
  return (4 * bufferBytes) / rate + (bytes * (1 + 1 / rankCount)) / (switchShare * rate)
}
