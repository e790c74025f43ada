/** One program before both verifiers. */
import { readFileSync } from "node:fs";
import type { Btf } from "../../src/btf/btf.ts";
import { parseBtf } from "../../src/btf/btf.ts";
import { encode } from "../../src/isa/encode.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { attachNumber, PROGRAMS } from "../../src/programs/table.ts";
import { MESSAGES } from "../../src/verifier/messages.ts";
import type { Verdict } from "../../src/verifier/verdict.ts";
import { verify } from "../../src/verifier/verify.ts";
import {
  btfLoad,
  close,
  mapCreate,
  mapFreeze,
  mapUpdate,
  type ProgLoadAnswer,
  type ProgLoadOptions,
  progLoad,
} from "./bpf.ts";
import { without } from "./capabilities.ts";
import { lineRecords } from "./line-records.ts";

export interface Comparison {
  readonly program: ProgramSpec;
  readonly linux: {
    readonly ok: boolean;
    readonly errno?: string;
    readonly error?: string;
    readonly log: string;
  };
  readonly ours: Verdict;
}

/** Programs that are run as a system call have to be. */
const SLEEPABLE = 1 << 4;

const descriptors = new Map<string, number>();

/** Types that belong to the first kind of program that uses them. */
const OWNED: ReadonlySet<string> = new Set(["prog_array", "devmap", "devmap_hash", "cpumap"]);

/** Maps with the same shape are made once. */
function descriptor(map: MapSpec, owner: string): number {
  const { btf, frozen, inner, ...plain } = map;
  const types = btf && { btfFd: btfDescriptor(btf.btf), btfKeyType: btf.keyType, btfValueType: btf.valueType };
  const innerFd = inner && descriptor(inner, owner);
  const options = { ...plain, ...types, ...(innerFd === undefined ? {} : { innerFd }) };
  const extra = `${options.mapExtra ?? ""}`;
  const key = JSON.stringify([
    { ...options, mapExtra: extra },
    frozen && [...frozen],
    OWNED.has(map.type) ? owner : "",
  ]);
  let fd = descriptors.get(key);
  if (fd === undefined) {
    ({ fd } = mapCreate(options));
    if (frozen) {
      mapUpdate(fd, new Uint8Array(map.keySize), frozen);
      mapFreeze(fd);
    }
    descriptors.set(key, fd);
  }
  return fd;
}

const btfDescriptors = new Map<Btf, number>();

/** BTF is loaded once. */
function btfDescriptor(btf: Btf): number {
  let fd = btfDescriptors.get(btf);
  if (fd === undefined) {
    fd = btfLoad(btf.bytes).fd;
    btfDescriptors.set(btf, fd);
  }
  return fd;
}

/** The line before the last one, which only counts; an endless loop is followed by the two states. */
export function lastMessage(log: string): string {
  // One message of Linux lacks the end of its line.
  const lines = log
    .trimEnd()
    .replace(/([^\n])(processed \d+ insns)/, "$1\n$2")
    .split("\n");
  const end = lines.findLastIndex((line) => line.startsWith("processed "));
  const message = lines
    .slice(0, end)
    .findLastIndex((line) => !/^(cur state:|old state:|verification time|stack depth)/.test(line));
  const last = lines[message] ?? "";
  // Two messages have more than one line.
  const more = last === "use static function instead" ? 1 : last === "a non-sleepable BPF program context" ? 2 : 0;
  return lines.slice(message - more, message + 1).join("\n");
}

/** Linux counts here in the program after all its rewriting (loads of fields, lookups and divisions put in place), ours before. */
const unnumbered = (text?: string): string | undefined => text?.replace(/(No program to jit at insn )\d+/, "$1N");

/** Without what differs from run to run: addresses of maps (ours shows where one would be) and times. */
export const comparable = (log: string): string =>
  log.replace(/^verification time \d+ usec\n/m, "").replace(/(\(18\) r\d+ = )0x[0-9a-f]+ */g, "$1ADDRESS ");

/** With `perfmon` false both ask as of a user without CAP_PERFMON. */
export function compare(program: ProgramSpec, wantedLevel = 2, perfmon = true): Comparison {
  // A million lines of log are no use to anybody, and fill the harness's buffer.
  const quick = verify(program, { logLevel: 4, cpus: CPUS, kernel: KERNEL, perfmon });
  const long = quick.processed > LONG;
  const logLevel = long ? 4 : wantedLevel;
  const ours = long ? quick : verify(program, { logLevel, cpus: CPUS, kernel: KERNEL, perfmon });
  const lines = program.btf && program.lineInfo ? lineRecords(program.btf, program.lineInfo) : undefined;
  const lineFd = lines && btfLoad(lines.btf.bytes).fd;
  const options = {
    ...loadOptions(program),
    logLevel,
    ...(lines ? { btfFd: lineFd, lineInfo: lines.records } : {}),
  };
  const load = (): ProgLoadAnswer => progLoad(options);
  const { ok, errno, fd, log } = perfmon ? load() : without(["CAP_BPF", "CAP_NET_ADMIN"], load);
  if (ok) close(fd);
  if (lineFd !== undefined) close(lineFd);
  return { program, linux: { ok, errno, log, ...(ok ? {} : { error: lastMessage(log) }) }, ours };
}

/** What bpf(2) is given to load a program; its maps and types are made once and stay. */
export function loadOptions(program: ProgramSpec): ProgLoadOptions {
  return {
    type: program.type,
    insns: encode(program.insns),
    mapFds: program.maps.map((map) => descriptor(map, `${program.type} ${program.expectedAttachType}`)),
    license: program.license,
    expectedAttachType: memberIndex(program) ?? attachNumber(PROGRAMS[program.type], program.expectedAttachType),
    flags: program.type === "syscall" || program.sleepable ? SLEEPABLE : 0,
    ...(typeof program.attachBtfId === "number" ? { attachBtfId: program.attachBtfId } : {}),
    ...(program.btf === undefined ? {} : { btfFd: btfDescriptor(program.btf) }),
    ...(program.functions ? { functions: program.functions } : {}),
  };
}

/** Operations are told apart by the number of their member. */
function memberIndex({ attachBtfId, attachMember }: ProgramSpec): number | undefined {
  if (attachMember === undefined || KERNEL === undefined || typeof attachBtfId !== "number") return undefined;
  const type = KERNEL.type(attachBtfId);
  if (type.kind !== "struct") return undefined;
  const index = type.members.findIndex(({ name }) => name === attachMember);
  return index < 0 ? type.members.length : index;
}

/** Programs that take longer are compared without logs. */
const LONG = 20_000;

/** Shares of agreement, and how often Linux gave each of its messages. */
export class Tally {
  programs = 0;
  accepted = 0;
  verdicts = 0;
  errnos = 0;
  messages = 0;
  logs = 0;
  readonly linuxMessages = new Map<string, number>();
  readonly #provoked = new Map<string, number>();
  /** Ours accepted what Linux refuses: must stay empty. */
  readonly unsound: Comparison[] = [];
  readonly differing: Comparison[] = [];

  add(comparison: Comparison): void {
    const { linux, ours } = comparison;
    this.programs++;
    if (linux.ok) this.accepted++;
    else {
      const form = linux.error!.replace(/-?\b(0x[0-9a-f]+|\d+)\b|(?<=R)\d+/g, "N");
      this.linuxMessages.set(form, (this.linuxMessages.get(form) ?? 0) + 1);
    }
    const sameVerdict = linux.ok === ours.ok;
    const sameErrno = sameVerdict && linux.errno === ours.errno;
    const sameMessage = sameErrno && unnumbered(linux.error) === unnumbered(ours.error);
    const sameLog =
      sameMessage && (ours.log === "" || unnumbered(comparable(linux.log)) === unnumbered(comparable(ours.log)));
    if (sameVerdict) this.verdicts++;
    if (sameErrno) this.errnos++;
    if (sameMessage) {
      this.messages++;
      if (ours.message) this.#provoked.set(ours.message, (this.#provoked.get(ours.message) ?? 0) + 1);
    }
    if (sameLog) this.logs++;
    else this.differing.push(comparison);
    if (ours.ok && !linux.ok) this.unsound.push(comparison);
  }

  toString(): string {
    const share = (part: number): string => `${part} (${((100 * part) / this.programs).toFixed(2)}%)`;
    return (
      `${this.programs} programs, Linux accepts ${share(this.accepted)}; the same: verdict ${share(this.verdicts)}, ` +
      `errno ${share(this.errnos)}, message ${share(this.messages)}, whole log ${share(this.logs)}; ` +
      `${this.linuxMessages.size} forms of messages, ${this.#provoked.size} of ${Object.keys(MESSAGES).length} rows`
    );
  }

  /**
   * How often Linux said what, by the catalogue's names, most often first; with `forms` in Linux's words too, numbers left
   * out.
   */
  report(forms: boolean): string {
    const byCount = (counts: ReadonlyMap<string, number>): [string, number][] =>
      [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    return [
      this.toString(),
      `  false rejects: ${this.falseRejects.join("; ") || "none"}`,
      `  how often Linux said what: ${byCount(this.#provoked)
        .map(([name, count]) => `${name} ${count}`)
        .join(", ")}`,
      ...(forms ? byCount(this.linuxMessages).map(([form, count]) => `  ${count} ${form}`) : []),
    ].join("\n");
  }

  /** What ours refused and Linux accepts, by message. */
  get falseRejects(): string[] {
    return this.differing.filter(({ linux, ours }) => linux.ok && !ours.ok).map(({ ours }) => ours.error ?? "");
  }
}

/** How many CPUs Linux could have, which bounds what a helper returns. */
const CPUS = possibleCpus();

/** The BTF of the running Linux, where it shows it. */
export const KERNEL: Btf | undefined = kernelBtf();

function kernelBtf(): Btf | undefined {
  try {
    return parseBtf(readFileSync("/sys/kernel/btf/vmlinux"));
  } catch {
    return undefined;
  }
}

function possibleCpus(): number {
  try {
    return Number(readFileSync("/sys/devices/system/cpu/possible", "utf8").trim().split("-").at(-1)) + 1;
  } catch {
    return 1;
  }
}
