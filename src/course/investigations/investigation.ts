import { suggest } from "../../asm/suggest.ts";
import { ArgumentError } from "../../isa/argument.ts";
import { Machine } from "../../machine.ts";
import { INVESTIGATED } from "./cases.ts";

/**
 * The machine of an investigation, as it was when it was started: something is wrong on it, or soon will be. Asked for again it
 * is the same machine once more, so that one can look at its beginning another way; `check` judges what was found. Throws
 * `ArgumentError`, with the nearest name, for an investigation that there is not.
 *
 * @example
 * const shop = investigation("inv-1");
 * await shop.tool("biolatency", { disks: true, for: "1s" });
 */
export function investigation(id: string): Machine {
  const known = Object.keys(INVESTIGATED);
  if (typeof id !== "string" || !Object.hasOwn(INVESTIGATED, id)) {
    const near = suggest(String(id), known);
    throw new ArgumentError("investigation", `one of ${known.join(", ")}${near ? `, such as "${near}"` : ""}`, id);
  }
  const { options, start } = INVESTIGATED[id]!;
  const machine = new Machine(options);
  start(machine);
  return machine;
}
