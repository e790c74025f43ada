import { recordChanges } from "../../memory/changes.ts";
import { Exploration, type Outcome } from "./exploration.ts";
import type { Interleaving } from "./interleaving.ts";
import { StateKeys } from "./state-keys.ts";
import { story } from "./story.ts";

export interface ExploreOptions {
  /** What of the machine tells outcomes apart, besides what the runs return: a map's value, for example. */
  readonly observe?: () => string;
  /** Preemptions of one schedule; default: any number. */
  readonly preemptions?: number;
  /** States to visit at most; default 20,000. */
  readonly states?: number;
  /** Instructions of one schedule at most; default 20,000. */
  readonly steps?: number;
}

/**
 * Finds every way in which runs on several CPUs can end. Only instructions that could matter to another CPU are places to
 * switch, a state that was seen is not gone on from twice, and schedules with fewer preemptions come first (Musuvathi and
 * Qadeer, "Iterative context bounding", PLDI 2007). The interleaving is afterwards where it was.
 *
 * @example
 * explore(both, { observe: () => String(counter.get(0)) }).outcomes; // [{ observed: "2", ... }, { observed: "1", ... }]
 */
export function explore(both: Interleaving, options: ExploreOptions = {}): Exploration {
  return new Search(both, options).run();
}

class Search {
  readonly #both: Interleaving;
  readonly #observe: () => string;
  readonly #most: Required<Omit<ExploreOptions, "observe">>;
  readonly #keys: StateKeys;
  readonly #outcomes = new Map<string, Omit<Outcome, "story">>();
  /** By state: the preemptions that were left when it was gone on from. */
  #visited = new Map<string, number>();
  /** What was observed, by state: bounds come to the same ends again. */
  readonly #seen = new Map<string, string>();
  #states = 0;
  /** A schedule with more preemptions than the bound was left out. */
  #bounded = false;
  /** Another limit was reached. */
  #limited = false;

  constructor(
    both: Interleaving,
    { observe = () => "", preemptions = Number.POSITIVE_INFINITY, states = 20_000, steps = 20_000 }: ExploreOptions,
  ) {
    this.#both = both;
    this.#observe = observe;
    this.#most = { preemptions, states, steps };
    this.#keys = new StateKeys(both);
  }

  run(): Exploration {
    const start = this.#both.executed;
    for (let cpu = 0; cpu < this.#both.cpus; cpu++) this.#goToShared(cpu);
    for (let bound = 0; ; bound++) {
      this.#bounded = false;
      this.#visited = new Map();
      this.#search(undefined, bound, bound);
      if (!this.#bounded || this.#limited || bound >= this.#most.preemptions) break;
    }
    this.#both.backTo(start);
    const outcomes = [...this.#outcomes.values()].sort((a, b) => a.preemptions - b.preemptions);
    return new Exploration({
      outcomes: outcomes.map((outcome) => ({ ...outcome, story: story(this.#both, outcome.schedule) })),
      states: this.#states,
      complete: !this.#bounded && !this.#limited,
    });
  }

  #search(current: number | undefined, left: number, bound: number): void {
    const both = this.#both;
    const { ready } = both;
    if (ready.length === 0) {
      this.#record(bound - left);
      return;
    }
    const goesOn = current !== undefined && ready.includes(current);
    for (const cpu of goesOn ? [current, ...ready.filter((other) => other !== current)] : ready) {
      const rest = left - (goesOn && cpu !== current ? 1 : 0);
      if (rest < 0) {
        this.#bounded = true;
        continue;
      }
      if (this.#states >= this.#most.states || both.executed >= this.#most.steps) {
        this.#limited = true;
        return;
      }
      const before = both.executed;
      this.#step(cpu);
      this.#goToShared(cpu);
      if (this.#isNew(cpu, rest)) this.#search(cpu, rest, bound);
      both.backTo(before);
    }
  }

  #isNew(cpu: number, left: number): boolean {
    const key = `${cpu} ${this.#keys.key()}`;
    const before = this.#visited.get(key);
    if (before !== undefined && before >= left) return false;
    this.#visited.set(key, left);
    this.#states++;
    return true;
  }

  /** Executes what concerns nobody else: where another CPU comes in between makes no difference. */
  #goToShared(cpu: number): void {
    const both = this.#both;
    while (both.status(cpu).kind === "ready" && !both.isShared(cpu)) {
      if (both.executed >= this.#most.steps) {
        this.#limited = true;
        return;
      }
      this.#step(cpu);
    }
  }

  #step(cpu: number): void {
    if (this.#both.step(cpu)) this.#keys.wrote(this.#both.run(cpu).wrote);
  }

  /** What is observed in this state. Looking may use memory: it leaves no trace, so that the next path begins as the others. */
  #observed(): string {
    const key = this.#keys.key();
    let observed = this.#seen.get(key);
    if (observed === undefined) {
      recordChanges(this.#both.environment.memory, () => {
        observed = this.#observe();
      })();
      this.#seen.set(key, (observed ??= ""));
    }
    return observed;
  }

  #record(preemptions: number): void {
    const both = this.#both;
    const statuses = Array.from({ length: both.cpus }, (_, cpu) => both.status(cpu));
    const results = statuses.map((status) => (status.kind === "exited" ? status.result : undefined));
    const waits = statuses.flatMap((status, cpu) =>
      status.kind === "waiting" ? [{ cpu, lock: status.lock, holder: status.holder }] : [],
    );
    const failed = statuses.find((status) => status.kind === "failed");
    const kind = failed !== undefined ? "error" : waits.length > 0 ? "deadlock" : "done";
    const observed = this.#observed();
    const outcome: Omit<Outcome, "story"> = {
      ...{ kind, results, observed, waits, preemptions, schedule: both.schedule },
      ...(failed === undefined ? {} : { error: failed.error.message }),
    };
    const told = [kind, results.join(), observed, waits.map(({ cpu, lock }) => `${cpu}:${lock}`).join(), outcome.error];
    const key = JSON.stringify(told);
    const known = this.#outcomes.get(key);
    const shorter = known?.preemptions === preemptions && known.schedule.length > outcome.schedule.length;
    if (known === undefined || shorter) this.#outcomes.set(key, outcome);
  }
}
