import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { encode } from "../../src/isa/encode.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";

const FOLDER = join(import.meta.dirname, "rbpf");

/** What rbpf, an eBPF virtual machine in Rust, took for one run. */
export interface RbpfTimes {
  readonly retval: number;
  readonly jit: number;
  readonly interpreter: number;
}

/** Builds rbpf with cargo; why there is no column of it, empty where there is one. */
export function buildRbpf(): string {
  const built = spawnSync("cargo", ["build", "--release", "--locked", "--quiet"], { cwd: FOLDER, encoding: "utf8" });
  if (built.error !== undefined) return "cargo is not installed";
  return built.status === 0 ? "" : `cargo could not build it: ${built.stderr.trim().split("\n")[0]}`;
}

/** Times programs without maps and contexts: rbpf has no other. Undefined where it refuses one. */
export function onRbpf(spec: ProgramSpec): RbpfTimes | undefined {
  if (spec.maps.length > 0 || spec.type !== "socket_filter") return undefined;
  const input = `${Buffer.from(encode(spec.insns)).toString("hex")}\n`;
  const { stdout } = spawnSync(join(FOLDER, "target/release/bench-rbpf"), { input, encoding: "utf8" });
  const [retval, jit, interpreter] = stdout.trim().split(" ");
  if (retval === "error" || interpreter === undefined) return undefined;
  return { retval: Number(BigInt.asUintN(32, BigInt(retval!))), jit: Number(jit), interpreter: Number(interpreter) };
}
