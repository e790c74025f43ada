/** What objects learn of the machine's Linux: its types, its configuration, the addresses of its symbols. */
import type { Btf } from "../../btf/btf.ts";
import { machineBtf } from "../../btf/data/machine.ts";
import { kconfigOf } from "../../linux/kconfig.ts";
import type { Linux } from "../../linux/linux.ts";
import { type Kconfig, readConfig } from "./kconfig.ts";

/** The facts of one machine. */
export interface KernelFacts {
  readonly btf: () => Btf;
  readonly symbol: (name: string) => bigint | undefined;
  /** The machine's settings, with those of `more` before them. */
  readonly settings: (more?: string | Kconfig) => Kconfig;
}

/** Reads nothing before it is asked for: types of Linux take a third of a second. */
export const kernelFacts = (linux: Linux): KernelFacts => ({
  btf: () => machineBtf(linux.release),
  symbol: (name) => linux.symbols.list().find((symbol) => symbol.name === name && symbol.module === undefined)?.address,
  settings: (more = {}) => ({
    ...kconfigOf(linux.release),
    ...(typeof more === "string" ? readConfig(more) : more),
  }),
});
