/**
 * What runs in the page of a verifier's stepper: it finds each one that is not alive yet, reads its data and shows what is known
 * before any step. It fetches nothing, and writes text only, never markup.
 */
import { type Html, html } from "../html.ts";
import { STYLE } from "../style.ts";

/** The script, with the marks of `STYLE`. It has no backslash and no dollar sign, which a template would change. */
export const STEPS_SCRIPT: Html = html`<script>
(() => {
  const CHANGED = "${STYLE.changed}";
  for (const root of document.querySelectorAll("[data-bpf-verifier]")) {
    if (root.dataset.alive) continue;
    root.dataset.alive = "1";
    const data = JSON.parse(root.dataset.bpfVerifier);
    const part = (name) => root.querySelector("[data-part=" + name + "]");
    const make = (name, text, style) => {
      const element = document.createElement(name);
      element.textContent = text;
      if (style) element.style.cssText = style;
      return element;
    };
    const slider = part("slider");
    const last = data.steps.length - 1;
    /** What holds before a step, and what the step before it changed. */
    const stateAt = (step) => {
      const branch = data.branches[data.steps[step][1]];
      const known = new Map();
      for (const [frame, name, state] of branch.entry) known.set(frame + " " + name, state);
      let changed = new Set();
      let frames = 1 + Math.max(0, ...branch.entry.map(([frame]) => frame));
      for (let at = branch.first; at < step; at++) {
        changed = new Set();
        for (const [frame, name, state] of data.steps[at][4]) {
          known.set(frame + " " + name, state);
          changed.add(frame + " " + name);
        }
        frames = data.steps[at][2];
        for (const key of [...known.keys()]) if (Number(key.split(" ")[0]) >= frames) known.delete(key);
      }
      return { known, changed, frames };
    };
    const bar = ([from, to, zero], least, most) => {
      const box = document.createElement("span");
      box.style.cssText = "display:inline-block;position:relative;width:160px;height:10px;border:1px solid rgba(127,127,127,0.6);vertical-align:middle";
      const fill = box.appendChild(document.createElement("span"));
      fill.style.cssText = "position:absolute;top:0;bottom:0;background:rgb(0,114,178);left:" + from + "%;width:" + Math.max(1.5, to - from) + "%";
      if (zero > 0) box.appendChild(document.createElement("span")).style.cssText = "position:absolute;top:-3px;bottom:-3px;width:1px;background:currentColor;left:" + zero + "%";
      box.title = "from " + least + " to " + most;
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", box.title);
      return box;
    };
    const order = (name) => (name.startsWith("R") ? Number(name.slice(1)) : 100 - Number(name.slice(2)));
    const show = (step) => {
      const [insn, number, , flags] = data.steps[step];
      const branch = data.branches[number];
      const { known, changed, frames } = stateAt(step);
      slider.value = step;
      const end = step === branch.first + branch.count - 1 ? "; the branch: " + branch.end : "";
      part("status").textContent = "step " + (step + 1) + " of " + data.steps.length + ", branch " + number + (flags & 1 ? ", state kept to compare with" : "") + (flags & 2 ? ", asks which numbers matter" : "") + end;
      for (const row of root.querySelectorAll("[data-slot]")) {
        const here = Number(row.dataset.slot) === insn;
        row.style.outline = here ? "2px solid rgb(0,114,178)" : "";
        row.firstElementChild.textContent = here ? "→" : "";
        if (here) part("listing").scrollTop = row.offsetTop - part("listing").clientHeight / 2;
      }
      const box = part("state");
      box.replaceChildren();
      for (let frame = frames - 1; frame >= 0; frame--) {
        const rows = [...known].map(([key, state]) => [key, ...key.split(" "), state]).filter(([, at]) => Number(at) === frame).sort((a, b) => order(a[2]) - order(b[2]));
        const title = frames > 1 ? "Known before it, frame " + frame + (frame === frames - 1 ? " (running)" : "") : "Known before it";
        const list = box.appendChild(document.createElement("table"));
        list.style.cssText = "${STYLE.table}";
        list.appendChild(make("caption", title, "${STYLE.caption}"));
        for (const [key, , name, state] of rows) {
          const [text, words, place, least, most, bits] = data.states[state];
          if (text === "") continue;
          const row = list.appendChild(document.createElement("tr"));
          const mark = changed.has(key);
          row.appendChild(make("td", name + (mark ? " *" : ""), "padding:1px 10px;font-family:monospace"));
          const value = row.appendChild(make("td", text, "padding:1px 10px;font-family:monospace;max-width:36ch;overflow-wrap:anywhere;" + (mark ? CHANGED : "")));
          value.title = words;
          const picture = row.appendChild(make("td", "", "padding:1px 10px;white-space:nowrap"));
          if (place) {
            picture.append(bar(place, least, most), " " + (least === most ? least : least + " to " + most));
            picture.append(make("div", bits, "font-family:monospace;font-size:85%"));
          } else picture.append(make("em", words));
        }
      }
    };
    const clamp = (step) => Math.max(0, Math.min(last, step));
    const now = () => Number(slider.value);
    const branchNow = () => data.steps[now()][1];
    const firstOf = (number) => {
      const branch = data.branches[Math.max(0, Math.min(data.branches.length - 1, number))];
      return branch.first;
    };
    const moves = { first: () => 0, previous: () => (now() > firstOf(branchNow()) ? firstOf(branchNow()) : firstOf(branchNow() - 1)), back: () => now() - 1, step: () => now() + 1, next: () => firstOf(branchNow() + 1), last: () => last };
    for (const [name, move] of Object.entries(moves)) part(name).addEventListener("click", () => show(clamp(move())));
    slider.addEventListener("input", () => show(clamp(now())));
    for (const row of root.querySelectorAll("[data-slot]")) {
      row.addEventListener("click", () => {
        const found = data.steps.findIndex((step, index) => index > now() && step[0] === Number(row.dataset.slot));
        if (found >= 0) show(found);
      });
      row.title = "on to the next step here";
    }
    if (last < 0) continue;
    part("stepper").style.display = "";
    show(0);
  }
})();
</script>`;
