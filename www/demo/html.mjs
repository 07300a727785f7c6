// A template tag that escapes every value, except what was made by the tag itself.

class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

function write(value) {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(write).join("");
  return value instanceof Markup ? value.text : escaped(value);
}

/** `` html`<p>${text}</p>` ``: text is escaped, markup and lists of markup are not. */
export function html(parts, ...values) {
  return new Markup(parts.reduce((text, part, index) => text + write(values[index - 1]) + part));
}
