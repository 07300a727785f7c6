// One form with something of each kind, for proofs that concern the whole of it: its configuration, its HTML, its steps.

/** The form as its owner configures it. */
export const CONFIG = {
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    whole: {
      title: { en: "Ask us", de: "Fragen Sie uns" },
      fields: [
        { name: "full_name", type: "name", required: true, label: { en: "Your name", de: "Ihr Name" } },
        { name: "email", type: "email", required: true, label: { en: "E-mail", de: "E-Mail" } },
        {
          name: "phone",
          type: "phone",
          country: "DE",
          label: { en: "Telephone", de: "Telefon" },
          help: { en: "With the area code", de: "Mit Vorwahl" },
        },
        {
          name: "topic",
          type: "choice",
          required: true,
          label: { en: "Topic", de: "Thema" },
          options: [
            { value: "advice", label: { en: "Advice", de: "Beratung" } },
            { value: "order", label: { en: "An order", de: "Eine Bestellung" } },
          ],
        },
        {
          name: "number",
          type: "text",
          required: true,
          max_length: 8,
          label: { en: "Order number", de: "Bestellnummer" },
          show_if: { "==": [{ var: "values.topic" }, "order"] },
        },
        {
          name: "size",
          type: "choice",
          multiple: true,
          label: { en: "Sizes", de: "Größen" },
          options: [
            { value: "s", label: { en: "Small", de: "Klein" } },
            { value: "m", label: { en: "Medium", de: "Mittel" } },
          ],
        },
        { name: "message", type: "text", multiline: true, label: { en: "Message", de: "Nachricht" } },
        {
          name: "privacy",
          type: "consent",
          purpose: "contact",
          required: true,
          text: { en: "You may use this to answer me.", de: "Sie dürfen das nutzen, um mir zu antworten." },
        },
      ],
      draft: { days: 7 },
      thanks: { text: { en: "Thank you, we have it.", de: "Danke, wir haben es." } },
    },
  },
};
CONFIG.forms.steps = {
  ...CONFIG.forms.whole,
  steps: [
    { title: { en: "You", de: "Sie" }, fields: ["full_name", "email", "phone"] },
    { title: { en: "Your question", de: "Ihre Frage" }, fields: ["topic", "number", "size", "message"] },
    { title: { en: "Your answer", de: "Ihre Antwort" }, fields: ["privacy"] },
  ],
};

/** A page around a form: with a heading, a landmark, the optional stylesheet and the script tag. */
export const sheet = (kit, body, { edge = kit, lang = "en", dir = "ltr", scheme = "light dark", more = "" } = {}) =>
  `<!doctype html>
<html lang="${lang}" dir="${dir}">
<head><meta charset="utf-8"><title>Ask us</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="${scheme}">
<link rel="stylesheet" href="/site.css"><link rel="stylesheet" href="${kit}/kit/leadkit.css">
<script src="${kit}/kit/leadkit.js" data-endpoint="${edge}" data-site="shop" defer></script>
${more}</head>
<body><main><h1>Ask us</h1>
${body}
</main></body>
</html>`;

/** The style of a site: it says its colours, as pages do. */
export const STYLE = {
  body: "html{background:Canvas;color:CanvasText;font:1rem/1.5 sans-serif}body{margin:1rem}",
  headers: { "content-type": "text/css" },
};

/** The element `<form>` as the edge renders it; that the browser checks nothing is left out, so that it tells when the core does. */
export async function rendered(edge, form, lang) {
  const text = await (await fetch(`${edge}/v1/form/shop/${form}?part=form&lang=${lang}`)).text();
  return /<form.*<\/form>/s.exec(text)[0].replace(" novalidate", "");
}

/** A lead that has nothing wrong. */
export const GOOD = { full_name: "Ada Lovelace", email: "ada@example.com", topic: "advice", privacy: true };

/** Waits until the core checks the form and its words are there. */
export async function bound(tab) {
  await tab.waitForFunction(() => {
    const form = document.querySelector("form[data-leadkit]");
    return form?.noValidate && form.querySelector("[data-leadkit-status]");
  });
}

/** Waits for what the form says of a lead. */
export const state = (tab, value) =>
  tab.waitForSelector(`form[data-leadkit-state="${value}"]`, { timeout: 30_000, state: "attached" });
