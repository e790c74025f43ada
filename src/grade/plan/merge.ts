import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plan, shardCount, shardFile } from "./plan.ts";

/** All results of a plan, or which shards are missing. */
export interface Merged {
  /** Lines of results in the plan's order: the same bytes on every machine. */
  readonly lines: string;
  /** Shards that are not done. */
  readonly missing: readonly number[];
}

/** Joins the results of a plan's shards. @example const { lines, missing } = mergeShards(plan, "results"); */
export function mergeShards(plan: Plan, folder: string): Merged {
  const missing: number[] = [];
  const texts = Array.from({ length: shardCount(plan) }, (_, index) => {
    const path = join(folder, shardFile(plan, index));
    if (existsSync(path)) return readFileSync(path, "utf8");
    missing.push(index);
    return "";
  });
  return { lines: texts.join(""), missing };
}
