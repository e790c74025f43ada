/**
 * What runs in the page of a stepper: it finds each one that is not alive yet, reads its data and shows the state after any
 * number of instructions. It fetches nothing, and writes text only, never markup.
 */
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

/** The script, with the marks of `STYLE`. It has no backslash and no dollar sign, which a template would change. */
export const TRACE_SCRIPT: Html = html`<script>
(() => {
  const CHANGED = "${STYLE.changed}";
  for (const root of document.querySelectorAll("[data-bpf-trace]")) {
    if (root.dataset.alive) continue;
    root.dataset.alive = "1";
    const trace = JSON.parse(root.dataset.bpfTrace);
    const part = (name) => root.querySelector("[data-part=" + name + "]");
    const make = (name, text, style) => {
      const element = document.createElement(name);
      element.textContent = text;
      if (style) element.style.cssText = style;
      return element;
    };
    const cell = (row, text, style) => row.appendChild(make("td", text, "padding:1px 10px;text-align:left;font-family:monospace;" + (style || "")));
    const bytesOf = (hex) => hex.match(/../g) || [];
    const slider = part("slider");
    const programOf = (row) => {
      const listing = row.closest("[data-program]");
      return listing ? Number(listing.dataset.program) : 0;
    };
    const stateAt = (count) => {
      const registers = trace.registers.slice();
      const pieces = trace.pieces.map((piece) => bytesOf(piece.bytes));
      const stack = new Map();
      const other = new Map();
      let last = { registers: new Set(), bytes: new Set() };
      for (const [, , changed, writes] of trace.steps.slice(0, count)) {
        last = { registers: new Set(), bytes: new Set() };
        for (const [number, value] of changed) {
          registers[number] = value;
          last.registers.add(number);
        }
        for (const [piece, at, hex] of writes) {
          bytesOf(hex).forEach((byte, i) => {
            const where = piece === "?" ? at : at + i;
            if (piece === "s") stack.set(where, byte);
            else if (piece === "?") other.set(at, hex);
            else pieces[piece][where] = byte;
            last.bytes.add(piece + " " + where);
          });
        }
      }
      return { registers, pieces, stack, other, last };
    };
    const dump = (bytes, first, isChanged) => {
      const box = document.createElement("pre");
      box.style.cssText = "${STYLE.log}";
      for (let row = 0; row < bytes.length; row += 16) {
        box.append((first + row).toString(16).padStart(4, "0") + " ");
        for (let i = row; i < Math.min(row + 16, bytes.length); i++) {
          const mark = isChanged(i);
          box.append(mark ? "[" : " ");
          box.append(mark ? make("mark", bytes[i], CHANGED) : bytes[i]);
          box.append(mark ? "]" : " ");
        }
        box.append(String.fromCharCode(10));
      }
      return box;
    };
    const show = (count) => {
      const { registers, pieces, stack, other, last } = stateAt(count);
      const next = count < trace.steps.length ? trace.steps[count][0] : trace.end;
      const program = (count < trace.steps.length ? trace.steps[count][4] : trace.endProgram) || 0;
      slider.value = count;
      part("status").textContent = count + " of " + trace.steps.length + " instructions executed" + (count < trace.steps.length ? "" : ": " + trace.result);
      for (const row of root.querySelectorAll("[data-slot]")) {
        const here = Number(row.dataset.slot) === next && programOf(row) === program;
        row.style.outline = here ? "2px solid rgb(0,114,178)" : "";
        row.firstElementChild.textContent = here ? "→" : "";
        const listing = row.closest("[data-part=listing]");
        if (here) listing.scrollTop = row.offsetTop - listing.clientHeight / 2;
      }
      const body = part("registers");
      body.replaceChildren();
      registers.forEach((value, number) => {
        const row = body.appendChild(document.createElement("tr"));
        const mark = last.registers.has(number);
        cell(row, "r" + number + (mark ? " *" : ""));
        cell(row, value, mark ? CHANGED : "");
        const signed = BigInt.asIntN(64, BigInt(value));
        cell(row, signed > -1000000n && signed < 1000000n ? String(signed) : "");
      });
      const memory = part("memory");
      memory.replaceChildren();
      if (stack.size > 0) {
        const words = [...new Set([...stack.keys()].map((at) => Math.floor(at / 8) * 8))].sort((a, b) => b - a);
        memory.append(make("strong", "Stack, bytes that were written"));
        const box = memory.appendChild(document.createElement("pre"));
        box.style.cssText = "${STYLE.log}";
        for (const word of words) {
          box.append(("fp" + word).padEnd(8));
          for (let at = word; at < word + 8; at++) {
            const mark = last.bytes.has("s " + at);
            const byte = stack.get(at) || "..";
            box.append(mark ? "[" : " ");
            box.append(mark ? make("mark", byte, CHANGED) : byte);
            box.append(mark ? "]" : " ");
          }
          box.append(String.fromCharCode(10));
        }
      }
      trace.pieces.forEach((piece, index) => {
        memory.append(make("strong", piece.name + (piece.more ? ", the first bytes" : "")));
        memory.append(dump(pieces[index], 0, (i) => last.bytes.has(index + " " + i)));
      });
      for (const [address, hex] of other) memory.append(make("div", address + " = " + hex, last.bytes.has("? " + address) ? CHANGED : ""));
    };
    const clamp = (count) => Math.max(0, Math.min(trace.steps.length, count));
    const now = () => Number(slider.value);
    const over = () => {
      const depth = trace.steps[now()] ? trace.steps[now()][1] : 0;
      let count = now() + 1;
      while (count < trace.steps.length && trace.steps[count][1] > depth) count++;
      return count;
    };
    const moves = { first: () => 0, back: () => now() - 1, step: () => now() + 1, over, last: () => trace.steps.length };
    for (const [name, move] of Object.entries(moves)) part(name).addEventListener("click", () => show(clamp(move())));
    slider.addEventListener("input", () => show(clamp(now())));
    for (const row of root.querySelectorAll("[data-slot]")) {
      row.addEventListener("click", () => {
        const slot = Number(row.dataset.slot);
        const found = trace.steps.findIndex((step, index) => index > now() && step[0] === slot && (step[4] || 0) === programOf(row));
        if (found >= 0) show(found);
      });
      row.title = "run to here";
    }
    part("still").style.display = "none";
    part("stepper").style.display = "";
    show(0);
  }
})();
</script>`;
