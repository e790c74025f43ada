/**
 * What every client has, inside of its frame: making elements, one style for light and dark, telling screen readers. Runs in the page
 * of the frame only; `scripts/components/build.ts` puts it into each client's text.
 */

/** What a client is given beside its data. */
export interface Frame {
  /** An element with attributes (`style`, `aria-label`, `class` ...), listeners (`onclick`) and children. */
  el<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes?: Readonly<Record<string, string | number | boolean | ((event: never) => void)>>,
    ...children: (Node | string)[]
  ): HTMLElementTagNameMap[K];
  /** A button with a text, and what it does in words. */
  button(text: string, says: string, act: () => void): HTMLButtonElement;
  /** Says something politely to screen readers, and shows it as the state of the view. */
  say(text: string): void;
  /** The line that `say` writes to; a client puts it where it wants it. */
  readonly status: HTMLElement;
}

/** A client: draws its data into `root` and listens. */
export type Client<T> = (root: HTMLElement, data: T, frame: Frame) => void;

const STYLE = `
:root{--page:light-dark(#ffffff,#11161d);--text:light-dark(#1f2328,#e6edf3);--muted:light-dark(#59636e,#9ba5b0);
--line:light-dark(#8c959f,#6e7681);--mark:light-dark(#ffe08a,#6b5200);--here:light-dark(#0072b2,#56b4e9)}
html,body{margin:0}
html{background:var(--page);color:var(--text);font:13px system-ui,Roboto,Helvetica,Arial,sans-serif}
main{padding:10px 12px}
button,input,select{font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:4px;padding:2px 8px;margin:0 4px 0 0}
::placeholder{color:var(--muted)}
:focus-visible{outline:2px solid var(--here);outline-offset:1px}
.title{font-size:15px;font-weight:600;margin:0}.muted{color:var(--muted);font-size:12px}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:4px;margin:6px 0}
code,pre,.code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px}
`;

/** Starts a client in its frame. If it fails, the frame stays empty and the picture below it is seen. */
export function mount<T>(client: Client<T>): void {
  const root = document.getElementById("root")!;
  const data = JSON.parse(document.getElementById("data")!.textContent!) as T;
  const status = el("div", { class: "muted", role: "status", "aria-live": "polite" });
  const frame: Frame = {
    el,
    button: (text, says, onclick) =>
      el("button", { type: "button", title: says, "aria-label": `${text}: ${says}`, onclick }, text),
    say: (text) => {
      status.textContent = text;
    },
    status,
  };
  client(root, data, frame);
  document.head.append(el("style", {}, STYLE));
}

const el: Frame["el"] = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
};
