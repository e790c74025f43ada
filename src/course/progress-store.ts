/** Where progress is kept. Neither function throws: a course goes on where nothing can be written. */
export interface ProgressStore {
  read(): string | undefined;
  write(text: string): void;
}

/** What of Node is used, where there is Node: a browser has none, and this folder loads there too. */
function nodeModules() {
  const get = globalThis.process?.getBuiltinModule;
  return get && { fs: get("fs"), path: get("path"), os: get("os") };
}

/**
 * A file in the student's data folder (`XDG_DATA_HOME`, else `~/.local/share`), or memory alone where there is no file system.
 *
 * @example progressStore().read(); // undefined, or what was written last
 */
export function progressStore(): ProgressStore {
  const node = nodeModules();
  if (node === undefined) return memoryStore();
  const { fs, path, os } = node;
  const base = process.env.XDG_DATA_HOME || path.join(os.homedir(), ".local", "share");
  const file = path.join(base, "bpfbook", "progress.json");
  const memory = memoryStore();
  return {
    read() {
      try {
        return fs.readFileSync(file, "utf8");
      } catch {
        return memory.read();
      }
    },
    write(text) {
      memory.write(text);
      try {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        // Whole or not at all: two notebooks may write at once.
        fs.writeFileSync(`${file}.${process.pid}`, `${text}\n`);
        fs.renameSync(`${file}.${process.pid}`, file);
      } catch {
        // A read-only home: what was passed is known until the kernel ends.
      }
    },
  };
}

function memoryStore(): ProgressStore {
  let kept: string | undefined;
  return {
    read: () => kept,
    write: (text) => {
      kept = text;
    },
  };
}
