// Writes a form of leadkit.json as plain HTML in the shop's own style: it works without any script.

import { html } from "./html.mjs";

const pick = (words, language) => (typeof words === "string" ? words : words?.[language]) ?? "";
const OPTIONAL = { de: "freiwillig", en: "optional" };
const CHOOSE = { de: "Bitte wählen", en: "Please choose" };
const CONDITION = {
  topic: { de: "nur bei einer Bestellung", en: "only for an order" },
  format: { de: "nur für den gedruckten Katalog", en: "only for the printed catalogue" },
  occasion: { de: "nur für eine Hochzeit", en: "only for a wedding" },
};
/** Up to this many options stand side by side; more go into a list. */
const SIDE_BY_SIDE = 3;

function label(field, language) {
  const condition = field.show_if && CONDITION[field.show_if["=="][0].var.split(".")[1]];
  const note = condition ? condition[language] : field.required ? "" : OPTIONAL[language];
  return html`${pick(field.label, language)}${note && html` <small>${note}</small>`}`;
}

function tick(type, name, value, text, required) {
  return html`<label class="tick"><input type="${type}" name="${name}"${value && html` value="${value}"`}${required && html` required`}> <span>${text}</span></label>
`;
}

function choice(field, language) {
  const options = field.options.map((option) => ({ value: option.value, text: pick(option.label, language) }));
  if (!field.multiple && options.length > SIDE_BY_SIDE)
    return html`<p class="field">
  <label for="${field.name}">${label(field, language)}</label>
  <select id="${field.name}" name="${field.name}"${field.required && html` required`}>
    <option value="">${CHOOSE[language]}</option>
${options.map(
  (option) => html`    <option value="${option.value}">${option.text}</option>
`,
)}  </select>
</p>
`;
  const type = field.multiple ? "checkbox" : "radio";
  return html`<fieldset class="field">
  <legend>${label(field, language)}</legend>
${options.map((option) => html`  ${tick(type, field.name, option.value, option.text, field.required && !field.multiple)}`)}</fieldset>
`;
}

function input(field, language) {
  const required = field.required && !field.show_if && html` required`;
  const help = pick(field.help, language);
  const common = html`id="${field.name}" name="${field.name}"${field.autocomplete && html` autocomplete="${field.autocomplete}"`}${help && html` aria-describedby="${field.name}-help"`}${required}`;
  const type = field.type === "email" ? "email" : "text";
  // A field of the type `number` drops signs that the language of the browser does not know, and sends another number.
  const keys = field.type === "number" && html` inputmode="decimal"`;
  const control = field.multiline
    ? html`<textarea ${common} rows="5"></textarea>`
    : html`<input type="${type}" ${common}${keys}>`;
  return html`<p class="field">
  <label for="${field.name}">${label(field, language)}</label>
  ${control}${
    help &&
    html`
  <small id="${field.name}-help">${help}</small>`
  }
</p>
`;
}

function write(field, language) {
  if (field.type === "choice") return choice(field, language);
  if (field.type === "consent")
    return html`<p class="field">${tick("checkbox", field.name, "", pick(field.text, language), field.required)}</p>
`;
  return input(field, language);
}

/** The form `name` of `config`, posting to the edge. */
export function form(config, name, language, edge) {
  const { fields, submit } = config.forms[name];
  return html`<form data-leadkit="${name}" method="post" action="${edge}/v1/form/${config.site.id}/${name}">
${fields.map((field) => write(field, language))}<p><button>${pick(submit, language)}</button></p>
</form>
`;
}
