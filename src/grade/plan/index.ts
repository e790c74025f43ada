/** Grading many submissions: a plan, its shards on any number of machines, their results joined. */
export { Grader } from "./grader.ts";
export { type Merged, mergeShards } from "./merge.ts";
export {
  makePlan,
  type Plan,
  type PlannedSubmission,
  readPlan,
  SHARD_SIZE,
  shardCount,
  shardFile,
  shardOf,
} from "./plan.ts";
export { gradeShard, type ShardOptions, type SideLine } from "./shard.ts";
