// A page for each feature of the forms: what it does, the form itself, and the code to copy.

import { html } from "./html.mjs";

const tag = (shop, more = "") =>
  `<script src="${shop.edge}/kit/leadkit.js" data-endpoint="${shop.edge}" data-site="${shop.config.site.id}"${more} defer></script>`;
const filled = (form, lang) => html`<lead-form form="${form}" lang="${lang}"><p>…</p></lead-form>
`;

const LANGUAGES = [
  ["de", "Deutsch"],
  ["en", "English"],
  ["fr", "Français"],
  ["es", "Español"],
  ["it", "Italiano"],
  ["nl", "Nederlands"],
  ["pl", "Polski"],
  ["pt", "Português"],
];
const CAMPAIGN = "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn&gclid=demo";

/** The features by the last part of their addresses. `code` is text, `body` is markup, both of the shop and a language. */
export const FEATURES = {
  embed: {
    de: ["Drei Wege auf die Seite", "Ein Formular der Seite, ein Element, das der Edge-Dienst füllt, oder die JS-API."],
    en: ["Three ways in", "A form of the page, an element that the edge fills, or the JS API."],
    code: (shop) => `${tag(shop)}

<!-- 1. A form of the page: it works without any script, too. -->
<form data-leadkit="contact" method="post" action="${shop.edge}/v1/form/${shop.config.site.id}/contact">…</form>

<!-- 2. An element that is filled with the form as the edge renders it. -->
<lead-form form="contact"></lead-form>

// 3. The JS API, by itself or in React, Vue and Svelte.
import { mount } from "leadkit";
const end = mount(element, { form: "contact", endpoint: "${shop.edge}", site: "${shop.config.site.id}" });

import { LeadForm } from "leadkit/react";
<LeadForm form="contact" endpoint="…" site="…" onEvent={(type, detail) => …} />

import { LeadForm } from "leadkit/vue";
<LeadForm form="contact" endpoint="…" site="…" @received="…" />

import { leadForm } from "leadkit/svelte";
<lead-form use:leadForm={{ form: "contact", endpoint: "…", site: "…" }} />`,
    body: (_shop, lang) => filled("contact", lang),
  },
  steps: {
    de: [
      "Schritte, Bedingungen, Weitermachen",
      "Ein Schritt nach dem anderen, mit Fortschritt und Zurück. Wer „Hochzeit“ wählt, bekommt einen Schritt mehr. Wer das Kästchen setzt, kann später auf diesem Gerät weitermachen. Telefonnummern werden beim Tippen gegliedert.",
    ],
    en: [
      "Steps, conditions, going on later",
      "One step after the other, with progress and a way back. Whoever chooses “Wedding” gets one step more. Whoever ticks the box can go on later on this device. Telephone numbers are grouped while they are typed.",
    ],
    code: () => `"measure": {
  "draft": { "days": 14 },
  "steps": [
    { "title": { "en": "What it is to be" }, "fields": ["piece", "occasion"] },
    { "title": { "en": "For a wedding" }, "fields": ["wedding_date"] },
    { "title": { "en": "How we reach you" }, "fields": ["full_name", "email", "country", "phone", "privacy"] }
  ],
  "fields": [
    { "name": "wedding_date", "type": "date", "required": true,
      "show_if": { "==": [{ "var": "values.occasion" }, "wedding"] } },
    { "name": "phone", "type": "phone", "country": { "field": "country" } }, …
  ]
}`,
    body: (_shop, lang) => filled("measure", lang),
  },
  prefill: {
    de: [
      "Vorausgefüllt aus dem Link",
      "Ein Link darf Felder füllen, die das erlauben, und keine anderen. Eine Einwilligung füllt er nie.",
    ],
    en: ["Filled by a link", "A link may fill the fields that allow it, and no others. It never fills a consent."],
    code: () => `{ "name": "email", "type": "email", "prefill": "email" }

https://shop.example/measure?piece=coat&name=Ada%20Lovelace&email=ada%40example.com`,
    body: (
      _shop,
      lang,
    ) => html`<p><a class="button" href="?piece=coat&amp;name=Ada%20Lovelace&amp;email=ada%40example.com">${
      lang === "de" ? "Mit Werten öffnen" : "Open with values"
    }</a></p>
${filled("measure", lang)}`,
  },
  origin: {
    de: [
      "Woher jemand kam",
      "Kampagne, Klick-Kennung und verweisende Seite, die erste und die letzte Berührung. Im Speicher der Seite; auf dem Gerät nur mit Einwilligung. Im Posteingang steht es beim Lead, als Angabe des Browsers.",
    ],
    en: [
      "Where somebody came from",
      "Campaign, click id and referrer, the first and the last touch. In the memory of the page; on the device only with consent. The Inbox shows it with the lead, as what the browser said.",
    ],
    touch: true,
    code: (shop) => `${tag(shop, " data-touch")}

// Read by themselves: TCF 2.3, Google Consent Mode v2, Global Privacy Control. Or the page says it:
document.dispatchEvent(new CustomEvent("leadkit:consent", { detail: { device: true, ads: false } }));`,
    body: (
      _shop,
      lang,
    ) => html`<p><a class="button" href="${CAMPAIGN}">${lang === "de" ? "Mit Kampagne öffnen" : "Open with a campaign"}</a>
<button type="button" class="quiet" data-consent="yes">${lang === "de" ? "Auf dem Gerät merken" : "Keep it on the device"}</button>
<button type="button" class="quiet" data-consent="no">${lang === "de" ? "Nicht merken" : "Do not keep it"}</button></p>
<p role="status" data-shows="touch"></p>
${filled("contact", lang)}`,
  },
  events: {
    de: [
      "Ereignisse",
      "Jedes Formular erzählt, was geschieht: als DOM-Ereignis und auf Wunsch im dataLayer. Nichts davon verrät, was jemand schrieb. „received“ kommt einmal je angenommenem Lead.",
    ],
    en: [
      "Events",
      "Each form tells what happens: as DOM events and, if you like, in the dataLayer. Nothing of it tells what somebody wrote. “received” comes once for each lead that was accepted.",
    ],
    layer: true,
    code: (shop) => `${tag(shop, ' data-layer="dataLayer"')}

document.addEventListener("leadkit:received", ({ detail }) => console.log(detail.form, detail.id));
// ready, problems, kept, received, refused, waiting, dropped`,
    body: (_shop, lang) => html`${filled("contact", lang)}
<pre class="log" data-shows="events" aria-label="${lang === "de" ? "Ereignisse" : "Events"}" tabindex="0"></pre>`,
  },
  languages: {
    de: [
      "Acht Sprachen",
      "Das Formular spricht die Sprache der Seite (lang). Die Worte der Betreiberin gehen vor; was sie nicht schrieb, sagt das Formular selbst.",
    ],
    en: [
      "Eight languages",
      "The form speaks the language of the page (lang). The owner's words come first; what they did not write, the form says itself.",
    ],
    code: () => `<html lang="fr">
<lead-form form="contact"></lead-form>`,
    body: (_shop, lang, query) => html`<p>${LANGUAGES.map(
      ([code, name]) => html`<a href="?in=${code}" lang="${code}" hreflang="${code}">${name}</a>
`,
    )}</p>
${filled("contact", LANGUAGES.some(([code]) => code === query.get("in")) ? query.get("in") : lang)}`,
  },
  page: {
    de: [
      "Ohne Skript, ohne Seite",
      "Jedes Formular hat eine eigene Adresse beim Edge-Dienst: für einen Link, einen QR-Code, oder wo kein Skript läuft. Kampagnen im Link kommen mit.",
    ],
    en: [
      "No script, no page",
      "Each form has an address of its own at the edge: for a link, a QR code, or where no script runs. Campaigns in the link come along.",
    ],
    code: (shop) => `${shop.edge}/v1/form/${shop.config.site.id}/measure?lang=en&piece=coat&utm_source=flyer`,
    body: (shop, lang) =>
      html`<p><a class="button" href="${shop.edge}/v1/form/${shop.config.site.id}/measure?lang=${lang}&amp;piece=coat&amp;utm_source=flyer">${
        lang === "de" ? "Das Formular allein" : "The form by itself"
      }</a></p>`,
  },
  files: {
    de: [
      "Dateien, und was man begonnen hat",
      "Eine Datei wird gesendet, sobald sie gewählt ist, mit Fortschritt; was sie ist, sagen ihre Bytes. Wer das Kästchen setzt, lässt behalten, was schon dasteht, auch ohne zu senden; wer es leert, löscht es.",
    ],
    en: [
      "Files, and what was begun",
      "A file is sent as soon as it is chosen, with its progress; its bytes say what it is. Whoever ticks the box has what stands there kept, even unsent; whoever empties it deletes it.",
    ],
    code: () => `"files": { "types": ["pdf", "jpeg", "png"], "max_mb": 10, "max_files": 3 },

"bespoke": {
  "partial": { "purpose": "unfinished", "days": 7 },
  "fields": [
    { "name": "email", "type": "email", "required": true },
    { "name": "sketch", "type": "file" },
    { "name": "unfinished", "type": "consent", "purpose": "unfinished",
      "text": { "en": "Keep what I began for seven days, even if I do not send it." } }, …
  ]
}`,
    body: (_shop, lang) => filled("bespoke", lang),
  },
  kiosk: {
    de: [
      "Kiosk für Messe und Ladentisch",
      "Ein Tablet, viele Menschen, den ganzen Tag ohne Netz: Jede Person bekommt ihr eigenes leeres Formular, ein Zähler sagt, was noch nicht gesendet ist. Langer Druck auf den Zähler öffnet die Ansicht für das Personal.",
    ],
    en: [
      "Kiosk for fairs and counters",
      "One tablet, many people, all day without a network: each person gets an empty form of their own, and a counter says what is unsent. A long press on the counter opens the view for the operator.",
    ],
    code: (shop) => `# Open once with a connection, then install it from the browser's menu:
${shop.edge}/v1/kiosk/${shop.config.site.id}/catalogue?lang=en&idle=60&warn=20&done=10`,
    body: (shop, lang) =>
      html`<p><a class="button" href="${shop.edge}/v1/kiosk/${shop.config.site.id}/catalogue?lang=${lang}">${
        lang === "de" ? "Den Kiosk öffnen" : "Open the kiosk"
      }</a></p>`,
  },
  look: {
    de: [
      "Aussehen ohne eigenes CSS",
      "Formulare sehen aus wie die Seite: leadkit bringt kein CSS mit. Wer keines schreiben will, nimmt das kleine Stylesheet, hell und dunkel; jede Regel der Seite gewinnt.",
    ],
    en: [
      "A look without CSS of your own",
      "Forms look like the page: nothing of the kit styles them. Who wants to write no CSS takes the small stylesheet, light and dark; any rule of the page wins.",
    ],
    code: (shop) => `<link rel="stylesheet" href="${shop.edge}/kit/leadkit.css">

form[data-leadkit] { --leadkit-accent: #7a3b2e; --leadkit-radius: 0; --leadkit-width: 30rem; }`,
    body: (_shop, lang) =>
      html`<p><a class="button" href="${featureAddress("look", lang)}?bare">${
        lang === "de" ? "Eine Seite nur mit diesem Stylesheet" : "A page with this stylesheet alone"
      }</a></p>`,
  },
  policy: {
    de: [
      "Strenge Richtlinien, eigene Adresse",
      "Nichts steht inline, nichts kommt von Dritten: Auch dieser Laden läuft unter einer strengen Content Security Policy. Ein Proxy gibt dem Edge-Dienst eine Adresse der Seite selbst; Prüfsummen halten den Code fest.",
    ],
    en: [
      "Strict policies, an address of one’s own",
      "Nothing is inline, nothing comes from a third party: this shop runs under a strict Content Security Policy, too. A proxy gives the edge an address of the site itself; hashes pin the code.",
    ],
    code: (
      shop,
    ) => `Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval' ${shop.edge}; connect-src 'self' ${shop.edge};
  style-src 'self' ${shop.edge}; form-action ${shop.edge}; require-trusted-types-for 'script'; trusted-types leadkit

<!-- kit/integrity.json has the hashes. -->
<script src="${shop.edge}/kit/leadkit.js" integrity="sha384-…" crossorigin="anonymous" data-endpoint="${shop.edge}" data-site="${shop.config.site.id}" defer></script>

# nginx: the edge below the site's own address, with data-endpoint=""
location ~ ^/(?:v1/(?!admin)|kit/) {
  proxy_pass https://leads.example;
  proxy_set_header Host leads.example;
  proxy_set_header X-Forwarded-For $remote_addr;
}`,
    body: (_shop, lang) => filled("contact", lang),
  },
};

/** Where the list of features is, and each of them. */
export const featureAddress = (name, language) => `/${language}/features${name === "" ? "" : `/${name}`}`;

/** The body of a feature's page, or of the list. */
export function feature(shop, name, language, words, query) {
  if (name === "") {
    return html`<section class="intro"><h1>${words.title}</h1><p class="lead">${words.lead}</p></section>
<section class="features"><ul>${Object.entries(FEATURES).map(
      ([
        slug,
        { [language]: text },
      ]) => html`<li><a href="${featureAddress(slug, language)}">${text[0]}</a><p>${text[1]}</p></li>
`,
    )}</ul></section>
`;
  }
  const { [language]: text, code, body } = FEATURES[name];
  return html`<section class="intro"><p><a href="${featureAddress("", language)}">${words.title}</a></p>
<h1>${text[0]}</h1><p class="lead">${text[1]}</p></section>
<section class="feature"><div>${body(shop, language, query)}</div>
<div><h2>${words.code}</h2>
<p><button type="button" class="quiet" data-copy="snippet" data-copied="${words.copied}">${words.copy}</button></p>
<pre id="snippet" tabindex="0"><code>${code(shop)}</code></pre></div></section>
`;
}
