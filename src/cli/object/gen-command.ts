import { linkObjects } from "../../elf/linker/link-objects.ts";
import { skeletonText } from "../../loader/object/skeleton.ts";
import { readFlags } from "../flags.ts";
import { print, writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";
import { failureText } from "./failure.ts";
import { readObject } from "./read-object.ts";

/**
 * `bpfbook gen skeleton FILE.o|FILE.c [--out FILE]`: the TypeScript module of an object;
 * `bpfbook gen object FILE... --out FILE`: several objects linked into one.
 */
export async function genCommand(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { out: "string", name: "string" });
  const [what, file, ...more] = words;
  if (what === "object") return linkFiles([file, ...more], flags.out);
  if (what !== "skeleton")
    throw new UsageError(
      "gen makes a skeleton or an object: bpfbook gen skeleton FILE.o, bpfbook gen object FILE... --out FILE",
    );
  if (file === undefined || more.length > 0) throw new UsageError("one object file is expected");
  try {
    const { bytes, name } = await readObject(file, "6.18");
    const text = skeletonText(bytes, flags.name ?? name);
    if (flags.out === undefined) await print(text);
    else writeFile(flags.out, text);
    return 0;
  } catch (error) {
    const failure = failureText(error, file);
    if (failure === undefined) throw error;
    process.stderr.write(`bpfbook gen: ${failure}\n`);
    return 1;
  }
}

async function linkFiles(files: readonly (string | undefined)[], out: string | undefined): Promise<number> {
  if (files[0] === undefined || out === undefined)
    throw new UsageError("objects and --out are expected: bpfbook gen object ONE.o TWO.o --out BOTH.o");
  try {
    const objects = await Promise.all(files.map((each) => readObject(each!, "6.18")));
    writeFile(out, linkObjects(objects.map(({ bytes }) => bytes)));
    return 0;
  } catch (error) {
    const failure = failureText(error, files.join(", "));
    if (failure === undefined) throw error;
    process.stderr.write(`bpfbook gen: ${failure}\n`);
    return 1;
  }
}
