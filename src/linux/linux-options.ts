import { isRelease, NEWEST, RELEASES, type Release } from "../btf/data/machine.ts";
import { LinearMemory } from "../memory/memory.ts";
import { MachineOptionError } from "./machine-option-error.ts";

const MOST_CPUS = 64;

/** Bytes of RAM. */
const USUAL_RAM = 4 * 2 ** 30;
const LEAST_RAM = 64 * 2 ** 20;
const MOST_RAM = 2 ** 40;

/** What a disk's file system is. */
export type DiskFormat = "ext4" | "xfs";

/** The same by where the disk is mounted. */
export type DiskFormats = { readonly [at in "/srv" | "/var/lib/postgresql"]?: DiskFormat };

const MOUNTS: ReadonlySet<string> = new Set(["/srv", "/var/lib/postgresql"]);
const FORMATS: ReadonlySet<string> = new Set(["ext4", "xfs"]);

/** How a machine is built. */
export interface LinuxOptions {
  readonly cpus?: number;
  readonly seed?: number;
  readonly memory?: LinearMemory;
  /** Bytes of RAM, 64 MiB to 1 TiB; default 4 GiB. When processes want more than there is, one of them is killed. */
  readonly ram?: number;
  /** Which Linux's types and layouts; default the newest. */
  readonly release?: Release;
  /** What disks are made with, by where they are mounted: `{ "/srv": "xfs" }`; default ext4. */
  readonly fileSystems?: DiskFormats;
}

/** The options with what is usual where nothing is said; throws `MachineOptionError`. */
export function checkedOptions(options: LinuxOptions): Required<LinuxOptions> {
  if (typeof options !== "object" || options === null) {
    throw new MachineOptionError("options", options, "an object such as { cpus: 2, seed: 7 }");
  }
  const {
    cpus = 2,
    seed = 1,
    memory = new LinearMemory(),
    release = NEWEST,
    ram = USUAL_RAM,
    fileSystems = {},
  } = options;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MOST_CPUS) {
    throw new MachineOptionError("cpus", cpus, `a whole number from 1 to ${MOST_CPUS}`);
  }
  if (!Number.isSafeInteger(seed)) throw new MachineOptionError("seed", seed, "a whole number");
  if (!isRelease(release)) {
    throw new MachineOptionError("release", release, `one of ${RELEASES.map((name) => `"${name}"`).join(", ")}`);
  }
  if (!Number.isSafeInteger(ram) || ram < LEAST_RAM || ram > MOST_RAM) {
    throw new MachineOptionError("ram", ram, `a number of bytes from ${LEAST_RAM} to ${MOST_RAM}`);
  }
  const formats = Object.entries(fileSystems);
  if (formats.some(([place, format]) => !MOUNTS.has(place) || !FORMATS.has(format))) {
    throw new MachineOptionError(
      "fileSystems",
      fileSystems,
      'such as { "/srv": "xfs", "/var/lib/postgresql": "ext4" }',
    );
  }
  return { cpus, seed, memory, release, ram, fileSystems };
}
