/** Grading many submissions: a plan, its shards on any number of machines, their results joined. */
export { type Graded, gradeHandedIn, gradePlanned, type HandedIn } from "./grade-handed-in.ts";
export { Grader } from "./grader.ts";
export { type Merged, mergeShards } from "./merge.ts";
export {
  type FoundFile,
  findFiles,
  makePlan,
  type Plan,
  type PlannedSubmission,
  readPlan,
  SHARD_SIZE,
  shardCount,
  shardFile,
  shardOf,
} from "./plan.ts";
export { gradeFiles, type RunOptions } from "./run.ts";
export { gradeShard, type ShardOptions, type SideLine } from "./shard.ts";
