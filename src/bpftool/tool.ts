import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { Linux } from "../linux/linux.ts";
import type { Arguments } from "./arguments.ts";
import type { Json } from "./json.ts";

/** The machine that bpftool looks at. */
export interface BpftoolMachine {
  readonly linux: Linux;
  readonly bpf: BpfSubsystem;
}

/** Files that commands name: those of the machine, or of who runs the command. Both throw an error with `code`, an errno's name. */
export interface ToolFiles {
  read(path: string): Uint8Array;
  write(path: string, bytes: Uint8Array): void;
}

/** Options before the object. */
export interface ToolOptions {
  /** `-j`. */
  readonly json: boolean;
  /** `-p`, which means `-j`, too. */
  readonly pretty: boolean;
  /** `-f`: paths that things are pinned to. */
  readonly bpffs: boolean;
  /** `-d`: what the verifier says of programs that load, too. */
  readonly debug: boolean;
}

/** What a command has to work with. */
export interface Tool {
  readonly machine: BpftoolMachine;
  readonly files: ToolFiles;
  readonly options: ToolOptions;
}

/** What a command answers. */
export interface Reply {
  /** Its output without `-j`. */
  readonly text: string;
  /** Its output with `-j`; left out: `null`, as bpftool answers what has nothing to say. */
  readonly json?: Json;
  readonly exitCode?: number;
  /** What goes to standard error, where the command goes on all the same. */
  readonly errors?: string;
}

/** Nothing to say. */
export const SILENT: Reply = { text: "" };

/** A subcommand of an object, as bpftool's own tables have them. */
export interface Subcommand {
  readonly name: string;
  /** It may let the machine run, and answers when it has. */
  readonly takesTime?: true;
  readonly run: (tool: Tool, args: Arguments) => Reply | Promise<Reply>;
}
