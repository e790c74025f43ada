/** What lies in Redis. A course has a Redis, or a database of one, for itself. */
export const NAMES = {
  prefix: "bpfbook",
  /** BullMQ's queue, below the prefix. */
  queue: "submissions",
  /** Hash: key of a submission to its result's line. */
  results: "bpfbook:results",
  /** Hash: how many results there are, and how many of them are errors. */
  counts: "bpfbook:counts",
  /** A counter for each student, gone after a minute. */
  rate: "bpfbook:rate:",
  /** Hash: a worker's name to what it last said of itself. */
  workers: "bpfbook:workers",
} as const;

/** What must happen at once, in Redis' Lua. */
export const SCRIPTS = {
  /** KEYS: results, counts. ARGV: key, line, "1" for an error. 1 where it is the first result of its key. */
  keep: `
if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call("HINCRBY", KEYS[2], "results", 1)
if ARGV[3] == "1" then redis.call("HINCRBY", KEYS[2], "errors", 1) end
return 1`,
  /** KEYS: a counter. ARGV: milliseconds that it lives. How often it was counted, and what is left of that time. */
  count: `
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
return { count, redis.call("PTTL", KEYS[1]) }`,
} as const;
