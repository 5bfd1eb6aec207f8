import {custom} from '@oclif/core/flags'
import {parseShard, type Shard} from '../sweep/shard.js'

/** The part of a study to compute, by its place. */
export const shardFlag = custom<Shard>({
  description: 'Part of the study to compute, as in 3/64, or auto/64 for the place that a Slurm, Kubernetes or AWS Batch array gives.',
  helpValue: 'PLACE/COUNT',
  parse: async (text) => parseShard(text),
})()
