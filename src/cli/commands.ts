/** One subcommand of `bpfbook`. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Resolves to the exit code: 0, or 1 when the program or check failed. Wrong words throw a `UsageError` (2). */
  /** It answers `-h` behind its first word itself. */
  readonly ownHelp?: boolean;
  readonly run: (args: readonly string[]) => Promise<number>;
}

/**
 * All subcommands, in the order of `bpfbook --help`. Each is imported when it runs: a kernel that starts must not wait
 * for the rest of the package.
 */
export const COMMANDS: readonly Command[] = [
  {
    name: "asm",
    usage: "bpfbook asm FILE|- [--out FILE] [--json]",
    summary: "assemble text in LLVM's form or ubpf's mnemonics: bytes in hex, or a file of them",
    run: async (args) => (await import("./asm/asm-command.ts")).asmCommand(args),
  },
  {
    name: "batch",
    usage: "bpfbook batch < REQUESTS.jsonl",
    summary: "verify and run programs: a JSON request a line on stdin, an answer a line on stdout",
    run: async (args) => (await import("./batch/command.ts")).batchCommand(args),
  },
  {
    name: "bpftool",
    usage:
      "bpfbook bpftool [--machine FILE] [--seed N] [--cpus N] [--release 6.12] [-j|-p|-f] OBJECT COMMAND [...]\n" +
      "       bpfbook bpftool completion      (a script for bash)",
    summary: "bpftool on a simulated machine, which a recipe (--machine FILE) keeps from command to command",
    run: async (args) => (await import("./bpftool/command.ts")).bpftoolCommand(args),
  },
  {
    name: "bpftrace",
    usage:
      "bpfbook bpftrace [-e PROGRAM | FILE] [PARAMETER...] [-f json] [-o FILE] [-q] [-v] [-d] [--workload NAME] [--for 10s]\n" +
      "       bpfbook bpftrace -l|-lv [PATTERN]      (without words: all options)",
    summary: "run a bpftrace program on a simulated machine: the language, output and options of bpftrace",
    run: async (args) => (await import("./bpftrace/command.ts")).bpftraceCommand(args),
  },
  {
    name: "conformance",
    usage: "bpfbook conformance [MEMORY] [--interpret|--jit] [--program HEX] [--elf] < PROGRAM",
    summary: "plug-in of bpf_conformance: run a program's bytes in hex, print r0 in hex",
    run: async (args) => (await import("./conformance/command.ts")).conformanceCommand(args),
  },
  {
    name: "disasm",
    usage:
      "bpfbook disasm FILE|- [--form llvm|mnemonic|log|xlated|objdump|table] [--program NAME] [--opcodes] [--out FILE] [--json]\n" +
      "       bpfbook disasm FILE|- --cfg text|dot|svg [--program NAME] [--out FILE] [--json]",
    summary:
      "list instructions (bytes, hex or an object file) as assembler text, as Linux, bpftool or LLVM do; draw their control flow",
    run: async (args) => (await import("./asm/disasm-command.ts")).disasmCommand(args),
  },
  {
    name: "doctor",
    usage: "bpfbook doctor",
    summary: "look at what bpfbook needs and can use on this computer, and say what to do where it is missing",
    run: async () => (await import("./doctor/command.ts")).doctorCommand(),
  },
  {
    name: "explain",
    usage: "bpfbook explain [TOPIC] [--json]",
    summary: "a page of the syllabus, made from the data that the library runs on; without a topic, the list",
    run: async (args) => (await import("./explain-command.ts")).explainCommand(args),
  },
  {
    name: "gen",
    usage: "bpfbook gen skeleton FILE.o|FILE.c [--name NAME] [--out FILE.ts] | gen object FILE.o... --out FILE.o",
    summary: "write a TypeScript class for an object file, with typed maps, programs and variables",
    run: async (args) => (await import("./object/gen-command.ts")).genCommand(args),
  },
  {
    name: "grade",
    usage: "bpfbook grade VERB [...]      (without words: what there is)",
    summary: "assignments: release them, check and grade what students hand in, report to learning systems",
    ownHelp: true,
    run: async (args) => (await import("./grade/command.ts")).gradeCommand(args),
  },
  {
    name: "kernel",
    usage: "bpfbook kernel install [--user|--sys-prefix|--prefix DIR] | start FILE | uninstall [...]",
    summary: "install the Jupyter kernel, start it (Jupyter does), or remove it",
    run: async (args) => (await import("./kernel-command.ts")).kernelCommand(args),
  },
  {
    name: "load",
    usage:
      "bpfbook load FILE.c|FILE.o [--attach] [--workload NAME] [--for 5s] [--release 6.12] [--cpus N] [--seed N] [--cflag=FLAG]... [--json]",
    summary: "compile C, load an object, attach its programs by section name, run the machine, print the maps",
    run: async (args) => (await import("./object/load-command.ts")).loadCommand(args),
  },
  {
    name: "nb",
    usage: "bpfbook nb run|check FILE.ipynb...\n       bpfbook nb build [--check] SOURCE.md...",
    summary:
      "execute notebooks and store their outputs, or compare with the stored ones; build them from their sources",
    run: async (args) => (await import("./notebook/command.ts")).notebookCommand(args),
  },
  {
    name: "run",
    usage:
      "bpfbook run FILE|- [--type NAME] [--data HEX|@FILE] [--context HEX|@FILE] [--repeat N] [--engine jit|interp] [--map TYPE,KEY,VALUE,ENTRIES]... [--seed N] [--trace [--steps N]] [--json]\n" +
      "       bpfbook run --conformance FILE.data... [--engine jit|interp] [--json]",
    summary: "assemble, verify and run a program on a packet; or run cases of bpf_conformance",
    run: async (args) => (await import("./run/command.ts")).runCommand(args),
  },
  {
    name: "tool",
    usage:
      "bpfbook tool NAME [ITS OWN OPTIONS] [--workload NAME] [--for 10s] [--seed N] [--cpus N] [--release X.Y] [--json]\n" +
      "       bpfbook tool      (without a name: all tools)",
    summary:
      "run one of bcc's tools (execsnoop, biolatency, tcplife, ...) on a simulated machine, with its own options and columns",
    ownHelp: true,
    run: async (args) => (await import("./tool/command.ts")).toolCommandLine(args),
  },
  {
    name: "verify",
    usage:
      "bpfbook verify FILE|- [--type NAME] [--program NAME] [--map TYPE,KEY,VALUE,ENTRIES]... [--license TEXT]\n" +
      "       [--log-level 0..7] [--no-explain] [--json [--record]]",
    summary: "what Linux's verifier says of a program, at what cost, or why not: cause, history, branch, ways out",
    run: async (args) => (await import("./verify/verify-command.ts")).verifyCommand(args),
  },
];
