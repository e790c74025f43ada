import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Translator, type Translators, translatorOf } from "../runtime/translators.ts";
import type { ServerDocument } from "./project.ts";

/** What stands for a file that its translator refuses: the cell runs, and the import says why. */
const UNREADABLE = "declare const unreadable: any;\nexport default unreadable;\n";

/**
 * The types of files in other languages, as documents of the language server: for `./execsnoop.bpf.o` one named
 * `./execsnoop.bpf.o.ts`, which is where TypeScript looks for the module.
 */
export class TranslatedFiles {
  readonly #translators: Translators;
  readonly #documents = new Map<string, { readonly stamp: string; readonly document: ServerDocument }>();

  constructor(translators: Translators) {
    this.#translators = translators;
  }

  /**
   * The documents of those files that are there now.
   *
   * @param stamps each file with what changes when the file does, "" where there is none
   */
  async documents(stamps: ReadonlyMap<string, string>): Promise<ServerDocument[]> {
    for (const [path, stamp] of stamps) {
      const translator = translatorOf(this.#translators, path);
      if (translator === undefined || this.#documents.get(path)?.stamp === stamp) continue;
      if (stamp === "") this.#documents.delete(path);
      else this.#documents.set(path, { stamp, document: await translate(translator, path) });
    }
    return [...this.#documents.values()].map(({ document }) => document);
  }
}

async function translate(translator: string, path: string): Promise<ServerDocument> {
  const uri = pathToFileURL(`${path}.ts`).href;
  try {
    const { types } = (await import(pathToFileURL(translator).href)) as Translator;
    return { uri, languageId: "typescript", text: types(new Uint8Array(readFileSync(path)), path) };
  } catch {
    return { uri, languageId: "typescript", text: UNREADABLE };
  }
}
