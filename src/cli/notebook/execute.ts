import type { Cell, Notebook, Output } from "./document.ts";
import type { JupyterServer } from "./server.ts";

type Services = typeof import("@jupyterlab/services");
type Connection = import("@jupyterlab/services").Kernel.IKernelConnection;
type IOPub = import("@jupyterlab/services").KernelMessage.IIOPubMessage;

export interface ExecuteOptions {
  /** The notebook's path below the server's folder: it fixes the kernel's working directory. */
  readonly path: string;
  /** Called after each code cell. */
  readonly onCell?: (done: number, total: number, cell: Cell) => void;
  /** Most seconds for one cell. */
  readonly timeout?: number;
}

/**
 * Runs all code cells of a notebook on a fresh kernel through a Jupyter Server, as JupyterLab's "Run All" does, with
 * the client that JupyterLab itself uses. Returns a copy with the new outputs. A cell that raises stops the run unless
 * it is tagged `raises-exception`; the cells after it have no outputs then.
 */
export async function executeNotebook(
  server: JupyterServer,
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<Notebook> {
  const services = (await import("@jupyterlab/services")) as Services;
  const serverSettings = services.ServerConnection.makeSettings({
    baseUrl: server.url,
    wsUrl: server.url.replace(/^http/, "ws"),
    token: server.token,
    appendToken: true,
  });
  const kernelManager = new services.KernelManager({ serverSettings });
  const sessions = new services.SessionManager({ serverSettings, kernelManager });
  const spec = notebook.metadata.kernelspec as { name?: string } | undefined;
  const session = await sessions.startNew({
    path: options.path,
    name: options.path,
    type: "notebook",
    kernel: { name: spec?.name ?? "bpfbook" },
  });
  try {
    // As JupyterLab does when it connects: what is stored is then what it would store, and opening changes nothing.
    const { language_info } = await session.kernel!.info;
    const cells = await runCells(session.kernel!, notebook.cells, options);
    return { ...notebook, metadata: { ...notebook.metadata, language_info }, cells };
  } finally {
    await session.shutdown().catch(() => undefined);
    session.dispose();
    sessions.dispose();
    kernelManager.dispose();
  }
}

async function runCells(kernel: Connection, cells: readonly Cell[], options: ExecuteOptions): Promise<Cell[]> {
  const total = cells.filter((cell) => cell.cell_type === "code").length;
  const results: Cell[] = [];
  let done = 0;
  let stopped = false;
  for (const cell of cells) {
    if (cell.cell_type !== "code") {
      results.push(cell);
      continue;
    }
    const result: Cell = stopped
      ? { ...cell, outputs: [], execution_count: null }
      : await runCell(kernel, cell, options);
    stopped ||= failed(result) && !cell.metadata.tags?.includes("raises-exception");
    results.push(result);
    options.onCell?.(++done, total, result);
  }
  return results;
}

const failed = (cell: Cell) => cell.outputs?.some((output) => output.output_type === "error") ?? false;

async function runCell(kernel: Connection, cell: Cell, { timeout = 120 }: ExecuteOptions): Promise<Cell> {
  if (cell.source.trim() === "") return { ...cell, outputs: [], execution_count: null };
  const outputs: Output[] = [];
  const displays = new Map<string, Output[]>();
  const future = kernel.requestExecute({ code: cell.source, stop_on_error: false, allow_stdin: false });
  future.onIOPub = (message) => collect(message, outputs, displays);
  const timer = setTimeout(() => void kernel.interrupt(), timeout * 1000);
  try {
    const reply = await future.done;
    return { ...cell, outputs, execution_count: reply.content.execution_count ?? null };
  } finally {
    clearTimeout(timer);
  }
}

/** Adds one message to the cell's outputs by the notebook format's rules: streams run together, displays update. */
function collect(message: IOPub, outputs: Output[], displays: Map<string, Output[]>): void {
  const content = message.content as Record<string, unknown>;
  switch (message.header.msg_type) {
    case "stream": {
      const last = outputs.at(-1);
      const { name, text } = content as { name: "stdout" | "stderr"; text: string };
      if (last?.output_type === "stream" && last.name === name) last.text += text;
      else outputs.push({ output_type: "stream", name, text });
      return;
    }
    case "display_data":
    case "execute_result":
    case "error": {
      const { transient, ...stored } = content as { transient?: { display_id?: string } };
      const output = { output_type: message.header.msg_type, ...stored } as Output;
      outputs.push(output);
      const id = transient?.display_id;
      if (id !== undefined) displays.set(id, [...(displays.get(id) ?? []), output]);
      return;
    }
    case "update_display_data": {
      const { transient, ...stored } = content as { transient?: { display_id?: string } };
      for (const output of displays.get(transient?.display_id ?? "") ?? []) Object.assign(output, stored);
      return;
    }
    case "clear_output":
      outputs.length = 0;
      return;
    default:
      return;
  }
}
