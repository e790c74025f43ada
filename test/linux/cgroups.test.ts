/**
 * Which programs a cgroup may get and which of them run: random attaching and detaching at three cgroups, one below the other, compared
 * with the running Linux step by step.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { asm } from "../../src/index.ts";
import { encode } from "../../src/isa/encode.ts";
import { CgroupPrograms, CgroupUse } from "../../src/linux/bpf/cgroup-programs.ts";
import { ERRNO } from "../../src/linux/errno.ts";
import { ATTACH_TYPES } from "../../src/programs/attach-types.ts";
import { available, close, progAttach, progDetach, progId, progLoad, progQuery, suiteName } from "./bpf.ts";

/** Where cgroup v2 is mounted; "" if it is not. */
const ROOT = (() => {
  if (!existsSync("/proc/mounts")) return "";
  const line = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .find((one) => one.split(" ")[2] === "cgroup2");
  return line?.split(" ")[1] ?? "";
})();

const NAME = (number: number): string =>
  number === 0 ? "ok" : (Object.entries(ERRNO).find(([, value]) => value === -number)?.[0] ?? String(number));

describe.skipIf(!available || ROOT === "")(
  suiteName(ROOT === "" ? "cgroups (no cgroup2 is mounted)" : "cgroups"),
  () => {
    const TYPE = "cgroup_inet_sock_create";
    const base = `${ROOT}/bpfbook-test-${process.pid}`;
    const paths = [base, `${base}/a`, `${base}/a/b`];
    const made: string[] = [];
    const programs: { fd: number; id: number }[] = [];

    afterAll(() => {
      for (const { fd } of programs) close(fd);
      for (const path of made.reverse()) rmdirSync(path);
    });

    test("random sequences: results, what is attached, what runs, in order", () => {
      for (const path of paths) {
        mkdirSync(path);
        made.push(path);
      }
      const spec = asm({ type: "cgroup_sock" })("r0 = 1\nexit");
      const insns = encode(spec.insns);
      for (let i = 0; i < 5; i++) {
        const { fd, ok } = progLoad({ type: "cgroup_sock", insns, expectedAttachType: ATTACH_TYPES[TYPE] });
        expect(ok).toBe(true);
        programs.push({ fd, id: progId(fd) });
      }
      let seed = 20_261_122;
      const random = (below: number): number => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return (seed >>> 8) % below;
      };
      const rounds = process.env.BPFBOOK_NIGHT ? 200 : 12;
      for (let round = 0; round < rounds; round++) {
        const targets = paths.map((path) => openSync(path, "r"));
        const use = new CgroupUse();
        const ours: CgroupPrograms[] = [];
        for (let i = 0; i < 3; i++) ours.push(new CgroupPrograms(i + 1, use, ours[i - 1]));
        const history: string[] = [];
        // Some rounds mostly let several run, so that lists grow.
        const usual = [0, 1, 2, 2][random(4)]!;
        for (let step = 0; step < 40; step++) {
          const at = random(3);
          const which = random(programs.length);
          const { fd, id } = programs[which]!;
          if (random(3) === 0) {
            const linux = progDetach(targets[at]!, fd, ATTACH_TYPES[TYPE]);
            const here = ours[at]!.detach(TYPE, id);
            history.push(`detach ${which} from ${at}: ${linux.errno ?? "ok"}`);
            expect(NAME(here), history.join("\n")).toBe(linux.errno ?? "ok");
          } else {
            const flags =
              random(4) === 0
                ? [0, 1, 2, 3, 4, 6, 64, 66, 128][random(9)]!
                : usual | (usual === 2 && random(4) === 0 ? 64 : 0);
            const replaced =
              flags & 4 || (flags === 2 && random(10) === 0) ? programs[random(programs.length)]! : undefined;
            const all = replaced === undefined ? flags : flags | 4;
            const linux = progAttach(targets[at]!, fd, ATTACH_TYPES[TYPE], all, replaced?.fd);
            const here = ours[at]!.attach(TYPE, { id, name: "p", run: () => 1 }, all, replaced?.id);
            history.push(`attach ${which} to ${at} with ${all}: ${linux.errno ?? "ok"}`);
            expect(NAME(here), history.join("\n")).toBe(linux.errno ?? "ok");
          }
          for (const [index, target] of targets.entries()) {
            const attached = progQuery(target, ATTACH_TYPES[TYPE]);
            const runs = progQuery(target, ATTACH_TYPES[TYPE], true);
            const ids = (entries: readonly { readonly program: { readonly id: number } }[]) =>
              entries.map(({ program }) => program.id);
            expect(ids(ours[index]!.list(TYPE)), history.join("\n")).toEqual(attached.ids);
            expect(ids(ours[index]!.effective(TYPE)), history.join("\n")).toEqual(runs.ids);
            if (attached.ids.length > 0) expect(ours[index]!.flags(TYPE), history.join("\n")).toBe(attached.flags);
          }
        }
        for (const [index, target] of targets.entries()) {
          for (const id of ours[index]!.list(TYPE).map(({ program }) => program.id))
            progDetach(target, programs.find((one) => one.id === id)!.fd, ATTACH_TYPES[TYPE]);
          closeSync(target);
        }
      }
    });
  },
);
