/** bpftool, bpftrace, clang, make, and what installs them. */
import { bpftrace } from "../../../bpftrace/bpftrace.ts";
import { BpftraceError } from "../../../bpftrace/diagnostics.ts";
import { isTypeSearch, listProbes, listTypes, probeFields } from "../../../bpftrace/probes/list.ts";
import { machineSource } from "../../../bpftrace/run/machine-source.ts";
import { machineBtf } from "../../../btf/data/machine.ts";
import { VerifierError } from "../../../verifier/verification.ts";
import { bpftoolInTime } from "../../bpftool.ts";
import { makeTargets } from "../make.ts";
import {
  bytesOf,
  failed,
  joined,
  type Output,
  printed,
  type ShellContext,
  type ShellProgram,
  textOf,
} from "../program.ts";
import { SHIPPED } from "../syllabus-objects.ts";

async function runBpftool({ machine, files, words }: ShellContext): Promise<Output> {
  const { text, errors, exitCode } = await bpftoolInTime(machine, words.slice(1), { files });
  return { out: bytesOf(text), errors, code: exitCode };
}

const BPFTRACE_USAGE = "USAGE:\n    bpftrace [options] filename\n    bpftrace [options] -e 'program'\n";

async function runBpftrace({ machine, files, words, duration }: ShellContext): Promise<Output> {
  const rest = words.slice(1);
  let program: { readonly text: string; readonly name: string } | undefined;
  const args: string[] = [];
  let [format, unsafe, banner]: ["text" | "json", boolean, boolean] = ["text", false, true];
  let pid: number | undefined;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-e") program = { text: rest.shift() ?? "", name: "stdin" };
    else if (word === "-v") continue;
    else if (/^-(l|lv|vl)$/.test(word)) return list(machine, [word, ...rest]);
    else if (word === "-f") format = rest.shift() === "json" ? "json" : "text";
    else if (word === "-p") pid = Number(rest.shift());
    else if (word === "--unsafe") unsafe = true;
    else if (word === "-q") banner = false;
    else if (word === "-V" || word === "--version") return printed("bpftrace v0.26.0\n");
    else if (word.startsWith("-")) return failed(`bpftrace: invalid option -- '${word.slice(1)}'\n${BPFTRACE_USAGE}`);
    else if (program === undefined) program = { text: textOf(files.read(word)), name: word };
    else args.push(word);
  }
  if (program === undefined) return failed(BPFTRACE_USAGE);
  try {
    const { text, errors, exitCode } = await bpftrace(machine, program.text, {
      ...{ for: duration, name: program.name, args, format, unsafe, banner },
      ...(pid === undefined ? {} : { pid }),
    });
    return { out: bytesOf(text), errors, code: exitCode };
  } catch (error) {
    if (error instanceof BpftraceError) return failed(`${error.message}\n`);
    if (error instanceof VerifierError) return failed(`ERROR: Error loading program: ${error.message}\n`);
    throw error;
  }
}

/** `-l`, and with `-v` what probes are given, or a type's members. */
function list({ linux }: ShellContext["machine"], words: readonly string[]): Output {
  const verbose = words.some((word) => /^-l?v/.test(word));
  const search = words.find((word) => !word.startsWith("-"));
  if (search !== undefined && isTypeSearch(search))
    return printed(joined(listTypes(machineBtf(linux.release), search, verbose)));
  const source = machineSource(linux);
  const found = listProbes(source, search);
  return printed(joined(verbose ? found.flatMap((hook) => [hook, ...probeFields(source, hook)]) : found));
}

/** `clang [-g] [-O2] -target bpf [-D...] [-I...] -c FILE [-o FILE]`. */
async function clang({ machine, files, words }: ShellContext): Promise<Output> {
  const rest = words.slice(1);
  let [source, output, target]: [string | undefined, string | undefined, string | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  const cflags: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-o") output = rest.shift();
    else if (word === "-target") target = rest.shift();
    else if (word.startsWith("--target=")) target = word.slice("--target=".length);
    else if (/^-[DU]./.test(word) || /^-mcpu=/.test(word) || /^-W/.test(word)) cflags.push(word);
    else if (/^-[DUI]$/.test(word)) rest.shift();
    else if (word === "--version") return printed("clang (of the computer that runs this)\n");
    else if (!word.startsWith("-")) source = word;
  }
  if (source === undefined) return failed("clang: error: no input files\n");
  if (target === undefined || !/^bpf(el)?/.test(target))
    return failed("clang: error: this machine compiles for -target bpf only\n");
  const text = textOf(files.read(source));
  const out = output ?? source.replace(/\.c$/, ".o");
  const name = source.slice(source.lastIndexOf("/") + 1).split(".")[0] ?? "program";
  const shipped = SHIPPED.find((each) => each.source === text);
  if (shipped !== undefined && cflags.length === 0) {
    files.write(out, shipped.object());
    return printed("");
  }
  const { compile } = await import("../../../loader/clang/compile.ts");
  const { ClangError } = await import("../../../loader/clang/error.ts");
  try {
    const made = await compile({ language: "c", text } as Parameters<typeof compile>[0], machine.linux.release, {
      name,
      cflags,
    });
    files.write(out, made.bytes);
    return { ...printed(""), errors: made.warnings };
  } catch (error) {
    if (!(error instanceof ClangError)) throw error;
    return failed(`${error.message}\n`);
  }
}

async function make(context: ShellContext): Promise<Output> {
  const lookup = (path: string) => context.files.read(path);
  return makeTargets(context.words.slice(1), lookup, (line) => context.run(line));
}

/** Packages whose programs this machine has. */
const PACKAGES = (
  "bpfcc-tools bcc-tools python3-bpfcc libbpf-tools bpftrace bpftool linux-tools-common linux-tools-generic clang llvm " +
  "libbpf-dev libbpf-devel libelf-dev make gcc iproute2 iproute iproute-tc build-essential linux-headers-generic"
).split(" ");

/** What an installer says: the tools are there. */
function install({ words }: ShellContext): Output {
  const [tool = "apt", ...rest] = words;
  const [verb, ...names] = rest.filter((word) => !word.startsWith("-"));
  const unknown = names.find((name) => !PACKAGES.includes(name) && !/^linux-(tools|headers)-/.test(name));
  if (tool === "dnf" || tool === "yum") {
    if (verb !== "install") return printed("Nothing to do.\nComplete!\n");
    if (unknown !== undefined)
      return failed(`No match for argument: ${unknown}\nError: Unable to find a match: ${unknown}\n`);
    const lines = names.map((name) => `Package ${name} is already installed.`);
    return printed(joined([...lines, "Dependencies resolved.", "Nothing to do.", "Complete!"]));
  }
  const head = [
    "Reading package lists... Done",
    "Building dependency tree... Done",
    "Reading state information... Done",
  ];
  if (verb !== "install") return printed(joined([...head, "All packages are up to date."]));
  if (unknown !== undefined) return failed(`E: Unable to locate package ${unknown}\n`, 100, joined(head));
  const lines = names.map((name) => `${name} is already the newest version.`);
  return printed(joined([...head, ...lines, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded."]));
}

async function sudo(context: ShellContext): Promise<Output> {
  const quoted = context.words.slice(1).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return quoted.length === 0 ? failed("usage: sudo command\n") : context.run(quoted.join(" "));
}

const help = ({ names }: ShellContext): Output => printed(joined(names()));

export const TOOL_COMMANDS: readonly ShellProgram[] = [
  { name: "apt", summary: "install packages: the tools are there", run: install },
  { name: "apt-get", summary: "install packages: the tools are there", run: install },
  { name: "bpftool", summary: "programs, maps, types, links", run: runBpftool },
  { name: "bpftrace", summary: "run a bpftrace program", run: runBpftrace },
  { name: "clang", summary: "compile C for eBPF", run: clang },
  { name: "dnf", summary: "install packages: the tools are there", run: install },
  { name: "help", summary: "all commands", run: help },
  { name: "make", summary: "run the rules of a Makefile", run: make },
  { name: "sudo", summary: "run a command as root, who this is", run: sudo },
];
