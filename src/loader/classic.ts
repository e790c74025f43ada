/** Classic BPF as a notebook holds it: checked, converted, shown side by side, runnable. */
import { checkClassic } from "../asm/classic/check.ts";
import { type Converted, convertClassic } from "../asm/classic/convert.ts";
import { type ClassicInstruction, parseDdd, requireClassic } from "../asm/classic/instruction.ts";
import { classicListing, formatClassic } from "../asm/classic/listing.ts";
import { formatXlated } from "../asm/xlated.ts";
import { helperName } from "../helpers/names.ts";
import { ArgumentError } from "../isa/argument.ts";
import { compileFilter } from "../packets/filter/compile.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { Program } from "./program.ts";

/** A classic program that Linux would take, and what it converts it to. */
export class ClassicProgram implements Displayable {
  readonly name: string;
  readonly insns: readonly ClassicInstruction[];
  readonly converted: Converted;

  constructor(name: string, insns: readonly ClassicInstruction[]) {
    checkClassic(insns);
    this.name = name;
    this.insns = insns;
    this.converted = convertClassic(insns);
  }

  /**
   * The converted program. A filter that counts from the Ethernet header, as tcpdump's do, is run on whole frames by type
   * `sched_cls` (the default); `socket_filter` sees in a test run, as in Linux, what follows that header.
   */
  program(type: "sched_cls" | "socket_filter" = "sched_cls"): Program {
    return new Program({ type, name: "classic", insns: this.converted.insns, maps: [], license: "GPL" });
  }

  /** What `tcpdump -d` prints. */
  toText(): string {
    return classicListing(this.insns);
  }

  /** Each classic instruction beside what it became; the first row is what Linux puts before all. */
  get rows(): readonly { readonly classic: string; readonly converted: readonly string[] }[] {
    const { insns, starts } = this.converted;
    const texts = insns.map((_, slot) => formatXlated(insns, slot, { helperName }));
    const bounds = [0, ...starts, insns.length];
    return bounds.slice(0, -1).map((from, row) => ({
      classic: row === 0 ? "" : `(${String(row - 1).padStart(3, "0")}) ${formatClassic(this.insns[row - 1], row - 1)}`,
      converted: texts.slice(from, bounds[row + 1]),
    }));
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("classic", this);
  }
}

/**
 * A classic program: what `tcpdump -ddd` printed, raw instructions, or a filter expression (`udp port 53`; see
 * `compileFilter`). Throws `ClassicError` where Linux would refuse it, with the instruction or the character.
 *
 * @example
 * const dns = classic("udp port 53");
 * dns;                                                                 // shows both forms side by side
 * m.load(dns.program()).run(packet.udp({ dport: 53 })).retval;         // 262144: keep it
 */
export function classic(source: string | readonly ClassicInstruction[]): ClassicProgram {
  if (typeof source !== "string") {
    requireClassic("source", source);
    return new ClassicProgram("classic", source);
  }
  if (source.trim() === "") throw new ArgumentError("source", "a filter such as `udp port 53`", source);
  if (/^\s*\d/.test(source)) return new ClassicProgram("classic", parseDdd(source));
  return new ClassicProgram(source, compileFilter(source));
}
