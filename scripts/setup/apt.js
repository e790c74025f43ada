import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { progress, run } from "./step.js";

/** What the tests use beside npm and Python: the program that proves it is there, and its Debian packages. */
const WANTED = [
  { program: "chromium", packages: ["chromium"] },
  { program: "clang", packages: ["clang", "llvm", "libbpf-dev", "linux-libc-dev"] },
  { program: "bpftool", packages: ["bpftool"] },
  { program: "bpftrace", packages: ["bpftrace"] },
  { program: "offcputime", packages: ["libbpf-tools"] },
  { program: "redis-server", packages: ["redis-server"] },
  { program: "bwrap", packages: ["bubblewrap"] },
];

/** Debian keeps root's programs in /usr/sbin, which is not on everybody's path. */
const onPath = (program) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"].some((folder) => existsSync(join(folder, program)));

/**
 * Installs what is missing through apt where that is possible without asking anybody (root on Debian or Ubuntu).
 * Returns the names of programs that are still missing; suites that need them say that they were skipped.
 */
export async function installSystemTools() {
  const missing = WANTED.filter(({ program }) => !onPath(program));
  if (missing.length === 0) return [];
  if (process.getuid?.() === 0 && onPath("apt-get")) {
    const packages = missing.flatMap((row) => row.packages);
    progress(`apt: ${packages.join(" ")} (a few minutes)`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { env });
    await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env });
  }
  return missing.filter(({ program }) => !onPath(program)).map(({ program }) => program);
}
