import { isTypeSearch, listProbes, listTypes, probeFields } from "../../bpftrace/probes/list.ts";
import { PROVIDERS, providerOf } from "../../bpftrace/probes/providers.ts";
import { machineSource } from "../../bpftrace/run/machine-source.ts";
import { machineBtf } from "../../btf/data/machine.ts";
import type { Machine } from "../../machine.ts";
import { UsageError } from "../usage.ts";

/** `-l`, `-lv`: prints what fits; 1 where nothing does, as bpftrace ends. Throws `UsageError`. */
export function listText(machine: Machine, search: string | undefined, verbose: boolean): number {
  const lines =
    search !== undefined && isTypeSearch(search) ? types(machine, search, verbose) : probes(machine, search, verbose);
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
  return lines.length > 0 ? 0 : 1;
}

const types = ({ linux }: Machine, search: string, verbose: boolean): readonly string[] =>
  listTypes(machineBtf(linux.release), search, verbose);

function probes({ linux }: Machine, search: string | undefined, verbose: boolean): readonly string[] {
  const kind = search?.includes(":") ? search.slice(0, search.indexOf(":")) : undefined;
  if (kind !== undefined && !/[*?[]/.test(kind) && providerOf(kind) === undefined)
    throw new UsageError(`Invalid probe type: ${kind}. It is one of ${PROVIDERS.map(({ name }) => name).join(", ")}.`);
  const source = machineSource(linux);
  const found = listProbes(source, search);
  return verbose ? found.flatMap((hook) => [hook, ...probeFields(source, hook)]) : found;
}
