import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml, html } from "../../src/views/html.ts";

test("interpolated text is escaped, pieces are not", () => {
  const cell = html`<td>${"<b>&\"'"}</td>`;
  expect(html`<tr>${cell}</tr>`.toString()).toBe("<tr><td>&#60;b&#62;&#38;&#34;&#39;</td></tr>");
});

test("lists are joined; absent and false things leave nothing, zero stays", () => {
  expect(html`${["a", html`<br>`, undefined, false, 0, 5n]}`.toString()).toBe("a<br>05");
});

test("an object that looks like a piece is none", () => {
  const fake = { toString: () => "<script>" };
  expect(html`${fake as never}`.toString()).toBe("&#60;script&#62;");
});

test("no text closes a quoted attribute or opens a tag", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!#\d+;)/);
    }),
  );
});
