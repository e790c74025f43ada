/** A machine over virtual time in its frame: lanes of CPUs, devices and programs, and what holds at the moment that is looked at. */
import type { Client } from "../../plot/component/frame.ts";
import { INK, SERIES } from "../../plot/theme.ts";
import type { MachineData } from "./machine-data.ts";
import { eventText, KIND, namesOf, resultText, slicesOf, stateAt } from "./machine-state.ts";

const STYLE = `
.lanes{position:relative;margin:4px 0;cursor:pointer}
.lane{display:grid;grid-template-columns:9em 1fr;align-items:center;font-size:12px;line-height:18px}
.lane>.name{overflow:hidden;white-space:nowrap;text-overflow:ellipsis;color:var(--muted);padding-right:6px}
.lane>.track{position:relative;height:16px;margin:1px 0;border-bottom:1px solid var(--line);overflow:hidden}
.lane.thin>.track{height:9px}
.track>*{position:absolute;top:0;bottom:0;overflow:hidden;white-space:nowrap;font-size:11px;line-height:16px;color:${INK}}
.track>.tick{width:2px;margin-left:-1px;background:var(--text)}
.cursor{position:absolute;top:0;bottom:0;left:9em;right:0;pointer-events:none}
.cursor>div{position:absolute;top:0;bottom:0;border-left:2px solid var(--here)}
.panes{display:flex;flex-wrap:wrap;gap:6px 18px}
.panes>div{flex:1 1 300px;min-width:0}
.scroll{max-height:240px;overflow:auto}
h2{font-size:12px;margin:6px 0 2px}
table{border-collapse:collapse}td,th{text-align:left;padding:0 10px 0 0;font-size:12px;line-height:17px;vertical-align:top}
thead th{color:var(--muted);font-weight:normal}tbody th{font-weight:normal}
mark{background:var(--mark);color:var(--text);font-weight:bold}
.events{border:1px solid var(--line);border-radius:4px;padding:2px 0}
.events>div{font:12px/17px ui-monospace,Menlo,Consolas,monospace;white-space:pre;overflow:hidden;text-overflow:ellipsis;padding:0 6px;cursor:pointer}
.events>div[aria-selected=true]{background:var(--mark)}
`;

/** What a step goes to. */
const STOPS: Readonly<Record<string, readonly number[] | undefined>> = {
  "every event": undefined,
  switches: [KIND.switch],
  "wake-ups": [KIND.wakeup],
  "system calls": [KIND.enter, KIND.exit],
  devices: [KIND.issue, KIND.complete, KIND.receive, KIND.send, KIND.interrupt],
  "program runs": [KIND.program],
};

/** Lines of the list of events, lanes of a kind, and ticks of a lane. */
const LINES = 11;
const MOST_LANES = 12;
const MOST_TICKS = 600;

export const machineTimeClient: Client<MachineData> = (root, data, frame) => {
  const { el, button, say, status } = frame;
  const { events, span } = data;
  const names = namesOf(data);
  const nameOf = (pid: number) => (pid === 0 ? "idle" : `${names.get(pid) ?? "task"} ${pid}`);
  const shown = (time: number) => `${(time / 1e6).toFixed(3)} ms`;
  const percent = (time: number) => `${((100 * time) / Math.max(1, span)).toFixed(3)}%`;
  /** Events that have happened. */
  let now = 0;
  /** The moment itself: of the last event, or where the slider stands behind it. */
  let time = 0;
  let stops = STOPS["every event"];

  const isStop = (index: number) => stops === undefined || stops.includes(events[index]![3]);
  const stopAfter = (from: number, way: 1 | -1): number => {
    for (let count = from + way; count > 0 && count <= events.length; count += way) if (isStop(count - 1)) return count;
    return way > 0 ? events.length : 0;
  };
  const countAt = (moment: number): number => {
    let count = 0;
    while (count < events.length && events[count]![0] <= moment) count++;
    return count;
  };

  const colours = new Map<number, string>();
  const colour = (pid: number): string => {
    if (!colours.has(pid)) colours.set(pid, SERIES[colours.size % SERIES.length]!);
    return colours.get(pid)!;
  };
  const lane = (name: string, thin: boolean, marks: readonly HTMLElement[]) =>
    el(
      "div",
      { class: thin ? "lane thin" : "lane" },
      el("span", { class: "name" }, name),
      el("div", { class: "track" }, ...marks),
    );
  const slices = slicesOf(data);
  const cpuLanes = data.cpus.slice(0, MOST_LANES).map((_, cpu) =>
    lane(
      `CPU ${cpu}`,
      false,
      slices
        .filter((slice) => slice.cpu === cpu)
        .map(({ pid, from, to }) =>
          el(
            "div",
            {
              title: `${nameOf(pid)}, ${shown(from)} to ${shown(to)}`,
              style: `left:${percent(from)};width:${percent(to - from)};background:${colour(pid)}`,
            },
            (to - from) / span > 0.04 ? ` ${nameOf(pid)}` : "",
          ),
        ),
    ),
  );
  const ticks = (wanted: (event: MachineData["events"][number]) => boolean): HTMLElement[] => {
    const places = new Set(
      events.filter(wanted).map(([at]) => Math.round((MOST_TICKS * at) / Math.max(1, span)) / MOST_TICKS),
    );
    return [...places].map((place) => el("div", { class: "tick", style: `left:${(100 * place).toFixed(2)}%` }));
  };
  const cursor = el("div", {});
  const lanes = el(
    "div",
    {
      class: "lanes",
      "aria-hidden": "true",
      onclick: (event: MouseEvent) => {
        const box = cursor.parentElement!.getBoundingClientRect();
        goTo(((event.clientX - box.left) / box.width) * span);
      },
    },
    ...cpuLanes,
    ...data.devices.slice(0, MOST_LANES).map((name, index) =>
      lane(
        name,
        true,
        ticks(([, , , kind, one]) => kind >= KIND.issue && kind <= KIND.send && one === index),
      ),
    ),
    ...data.programs.slice(0, MOST_LANES).map(({ name }, index) =>
      lane(
        name,
        true,
        ticks(([, , , kind, one]) => kind === KIND.program && one === index),
      ),
    ),
    el("div", { class: "cursor" }, cursor),
  );
  const slider = el("input", {
    type: "range",
    min: 0,
    max: span,
    step: Math.max(1, Math.floor(span / 1000)),
    value: 0,
    style: "flex:1 1 200px",
    "aria-label": "virtual time",
    oninput: () => goTo(Number(slider.value)),
  });
  const choice = el(
    "select",
    {
      "aria-label": "what a step goes to",
      onchange: () => {
        stops = STOPS[choice.value];
        show(now);
      },
    },
    ...Object.keys(STOPS).map((name) => el("option", { value: name }, name)),
  );
  const left = el("div", { class: "scroll", role: "region", "aria-label": "CPUs, programs and devices", tabindex: 0 });
  const right = el("div", { class: "scroll", role: "region", "aria-label": "Tasks", tabindex: 0 });
  const list = el("div", { class: "events", role: "listbox", "aria-label": "Events around this moment", tabindex: 0 });

  const rows = (heads: readonly string[], body: readonly (readonly [key: string, ...cells: string[]])[]) =>
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el(
        "tbody",
        {},
        ...body.map(([key, first, ...cells]) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, ...(changed.has(key) ? [el("mark", {}, `${first} *`)] : [first!])),
            ...cells.map((cell) => el("td", {}, cell)),
          ),
        ),
      ),
    );
  let changed: ReadonlySet<string> = new Set();

  /** The moment after `count` events; `moment` where it is later than the last of them. */
  const show = (count: number, moment?: number): void => {
    now = Math.max(0, Math.min(events.length, count));
    time = moment ?? (now === 0 ? 0 : events[now - 1]![0]);
    const state = stateAt(data, now);
    changed = state.changed;
    slider.value = String(time);
    slider.setAttribute("aria-valuetext", shown(time));
    cursor.style.left = percent(time);
    const callOf = (pid: number) => state.tasks.get(pid)?.call ?? "";
    left.replaceChildren(
      el("h2", {}, "CPUs and run queues"),
      rows(
        ["CPU", "runs", "in", "waiting for it"],
        state.cpus.map(({ pid, waiting }, cpu) => [
          `cpu ${cpu}`,
          String(cpu),
          nameOf(pid),
          callOf(pid),
          waiting.map(nameOf).join(", "),
        ]),
      ),
      ...(data.programs.length === 0
        ? []
        : [
            el("h2", {}, "Hooks with programs"),
            rows(
              ["program", "attached to", "runs", "last returned"],
              state.programs.map(({ runs, last }, index) => {
                const { name, type, hooks } = data.programs[index]!;
                const result = last === undefined ? "" : resultText(type, last);
                return [`program ${index}`, name, hooks.join(", "), String(runs), result];
              }),
            ),
          ]),
      ...(data.devices.length === 0
        ? []
        : [
            el("h2", {}, "Devices"),
            rows(
              ["device", "in this time"],
              state.devices.map(({ busy, done, sent, bytes }, index) => {
                const disk = events.some(
                  ([, , , kind, one]) => (kind === KIND.issue || kind === KIND.complete) && one === index,
                );
                const what = disk ? `${done} requests done, ${busy} under way` : `${done} packets in, ${sent} out`;
                return [`device ${index}`, data.devices[index]!, `${what}, ${bytes} bytes`];
              }),
            ),
          ]),
    );
    right.replaceChildren(
      el("h2", {}, "Tasks"),
      rows(
        ["task", "state", "in"],
        [...state.tasks].map(([pid, task]) => [`task ${pid}`, nameOf(pid), task.state, task.call]),
      ),
      ...(data.asleep > 0 ? [el("div", { class: "muted" }, `and ${data.asleep} that sleep all the time`)] : []),
    );
    showList();
    const event =
      now === 0 ? "the beginning" : `CPU ${events[now - 1]![1]}: ${eventText(data, nameOf, events[now - 1]!)}`;
    say(`${shown(time)}, event ${now} of ${events.length}. ${event}`);
  };

  const showList = (): void => {
    const wanted: number[] = [];
    for (let count = now; count > 0 && wanted.length < LINES / 2; count--) if (isStop(count - 1)) wanted.unshift(count);
    for (let count = now + 1; count <= events.length && wanted.length < LINES; count++)
      if (isStop(count - 1)) wanted.push(count);
    list.replaceChildren(
      ...wanted.map((count) => {
        const event = events[count - 1]!;
        const text = `${(event[0] / 1e6).toFixed(6).padStart(11)}  CPU ${event[1]}  ${eventText(data, nameOf, event)}`;
        return el(
          "div",
          { role: "option", "aria-selected": String(count === now), title: text.trim(), onclick: () => show(count) },
          text,
        );
      }),
    );
  };
  const goTo = (moment: number): void => {
    const at = Math.max(0, Math.min(span, moment));
    show(countAt(at), at);
  };

  const moves: Readonly<Record<string, () => void>> = {
    Home: () => show(0),
    ArrowLeft: () => show(stopAfter(now, -1)),
    ArrowUp: () => show(stopAfter(now, -1)),
    ArrowRight: () => show(stopAfter(now, 1)),
    ArrowDown: () => show(stopAfter(now, 1)),
    PageUp: () => goTo(time - span / 20),
    PageDown: () => goTo(time + span / 20),
    End: () => show(events.length, span),
  };
  root.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const own = event.target === slider || event.target === choice || event.target === left || event.target === right;
    if (move === undefined || own || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
  root.append(
    el("style", {}, STYLE),
    el("h1", { class: "title" }, `Machine, ${shown(span)} of virtual time`),
    el(
      "div",
      { class: "bar", role: "toolbar", "aria-label": "time" },
      button("|◀", "to the beginning (Home)", moves["Home"]!),
      button("◀ back", "one step back (Left)", moves["ArrowLeft"]!),
      button("step ▶", "one step forwards (Right)", moves["ArrowRight"]!),
      button("▶|", "to the end (End)", moves["End"]!),
      el("span", {}, "to "),
      choice,
      slider,
    ),
    status,
    lanes,
    el("div", { class: "panes" }, left, right),
    el("h2", {}, "Events"),
    list,
    ...(data.lost > 0
      ? [el("div", { class: "muted" }, `${data.lost} later events were not kept: look at a shorter time.`)]
      : []),
  );
  show(0);
};
