/**
 * HTML as a value: what is interpolated is escaped, unless it is `Html` itself. There is no way to make `Html` from a
 * string but the tag, so a hostile name can never become markup.
 */

/** A piece of finished HTML. */
export class Html {
  readonly #text: string;

  /** Only `html` and `joinHtml` below make pieces. */
  private constructor(text: string) {
    this.#text = text;
  }

  /** The markup. */
  toString(): string {
    return this.#text;
  }

  static fromTemplate(strings: readonly string[], values: readonly HtmlValue[]): Html {
    return new Html(strings.reduce((text, part, i) => text + markup(values[i - 1]) + part));
  }
}

/** What may stand in a template: text and numbers are escaped, lists joined, absent things leave nothing. */
export type HtmlValue = Html | string | number | bigint | false | undefined | readonly HtmlValue[];

/**
 * A piece of HTML.
 *
 * @example html`<td>${name}</td>` // name is escaped
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.fromTemplate(strings, values);
}

function markup(value: HtmlValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(markup).join("");
  return escapeHtml(String(value));
}

/** Text that stands for itself between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Text that may be broken after commas, where it has no spaces to break at. */
export function breakable(text: string): Html {
  return html`${text.split(/(?<=,)/).map((part, i) => (i === 0 ? part : html`<wbr>${part}`))}`;
}
