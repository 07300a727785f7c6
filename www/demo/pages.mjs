// The pages of the shop. Plain HTML, the shop's own CSS, and on pages with a form the one script tag of Leadkit.

import { FEATURES, feature, featureAddress } from "./features.mjs";
import { form } from "./form.mjs";
import { html } from "./html.mjs";
import { PAGES, WORDS } from "./words.mjs";

const FORMS = new Set(["catalogue", "appointment", "contact"]);

/** The address of a page. */
export const address = (page, language) => `/${language}/${PAGES[page][language]}`;

/** The script tag that turns the forms of a page into Leadkit's. */
const scriptTag = (shop, { touch, layer } = {}) =>
  html`<script src="${shop.edge}/kit/leadkit.js" data-endpoint="${shop.edge}" data-site="${shop.config.site.id}"${touch && html` data-touch`}${layer && html` data-layer="dataLayer"`} defer></script>`;

function frame(shop, page, language, plain, body, shown) {
  const words = WORDS[language];
  const other = language === "de" ? "en" : "de";
  const own = shown && (FEATURES[shown.name]?.[language][0] ?? words.features.title);
  const title = page === "home" ? "Modehaus Linden" : `${own ?? words.nav[page] ?? words.missing} · Modehaus Linden`;
  const there = shown ? featureAddress(shown.name, other) : address(page in PAGES ? page : "home", other);
  const link = (name) =>
    html`<a href="${address(name, language)}"${name === page && html` aria-current="page"`}>${words.nav[name]}</a>
`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/art/leaf.svg" type="image/svg+xml">
<link rel="stylesheet" href="/shop.css">
${
  (FORMS.has(page) || shown) &&
  !plain &&
  html`${scriptTag(shop, FEATURES[shown?.name])}
`
}<script src="/shop.js" defer></script>
</head>
<body>
<a class="skip" href="#content">${words.skip}</a>
<header class="top">
<a class="logo" href="${address("home", language)}"><img src="/art/leaf.svg" alt="" width="26" height="26"> Linden</a>
<nav aria-label="${words.menu}">${["women", "men", "catalogue", "appointment", "contact"].map(link)}</nav>
<a class="other" href="${there}" lang="${other}" hreflang="${other}">${WORDS[other].language}</a>
</header>
<main id="content">${body}</main>
<footer><p>${words.foot} <a href="${featureAddress("", language)}">${words.features.title}</a></p></footer>
</body>
</html>
`;
}

/** A page that has no look but that of the stylesheet of the kit. */
function bare(shop, name, language) {
  const [title] = FEATURES[name][language];
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/art/leaf.svg" type="image/svg+xml">
<link rel="stylesheet" href="${shop.edge}/kit/leadkit.css">
${scriptTag(shop)}
</head>
<body><main><h1>${title}</h1>
<lead-form form="measure" lang="${language}"><p>…</p></lead-form>
<p><a href="${featureAddress(name, language)}">${WORDS[language].features.title}</a></p></main></body>
</html>
`;
}

function home(language) {
  const words = WORDS[language].home;
  const { nav } = WORDS[language];
  return html`
<section class="hero">
<div><h1>${words.title}</h1><p class="lead">${words.lead}</p>
<p class="acts"><a class="button" href="${address("appointment", language)}">${words.act}</a> <a href="${address("catalogue", language)}">${words.also}</a></p></div>
<img src="/art/house.svg" alt="${words.art}" width="1200" height="720">
</section>
<section><h2>${words.lines}</h2>
<div class="lines">
<a href="${address("women", language)}"><img src="/art/amsel.svg" alt="" width="480" height="600"><strong>${nav.women}</strong><span>${words.women}</span></a>
<a href="${address("men", language)}"><img src="/art/zeisig.svg" alt="" width="480" height="600"><strong>${nav.men}</strong><span>${words.men}</span></a>
</div></section>
<section><h2>${words.promise_title}</h2>
<div class="promises">${words.promises.map(([title, text]) => html`<div><h3>${title}</h3><p>${text}</p></div>`)}</div></section>
`;
}

function line(page, language) {
  const words = WORDS[language];
  return html`
<section class="intro"><h1>${words[page].title}</h1><p class="lead">${words[page].lead}</p></section>
<section class="pieces">${words[page].pieces.map(
    ([art, name, text, price, alt]) => html`<article>
<img src="/art/${art}.svg" alt="${alt}" width="480" height="600">
<h2>${name}</h2><p>${text}</p><p class="price">${price}</p>
<p><a href="${address("appointment", language)}">${words.ask}</a></p>
</article>`,
  )}</section>
`;
}

function withForm(shop, page, language, plain) {
  const words = WORDS[language];
  const markup = form(shop.config, page, language, shop.edge);
  const here = address(page, language);
  return html`
<section class="ask">
<div class="side"><h1>${words[page].title}</h1><p class="lead">${words[page].lead}</p>
<img src="/art/${words[page].art}.svg" alt="" width="480" height="600"></div>
<div>
${markup}
</div>
</section>
<details class="snippet"><summary>${words.snippet_title}</summary>
<p>${words.snippet}</p>
<p><button type="button" class="quiet" data-copy="snippet" data-copied="${words.copied}">${words.copy}</button>
<a href="${here}${plain ? "" : "?plain"}">${plain ? words.scripted : words.plain}</a></p>
<pre id="snippet" tabindex="0"><code>${String(scriptTag(shop))}

${String(markup)}</code></pre>
</details>
`;
}

/** Finds the page at a path: `{status, body}`, or `null` when the path is not a page of a language. */
export function render(shop, path, query) {
  const [, tongue, name = ""] = /^\/(de|en)\/features(?:\/([a-z]+))?$/.exec(path) ?? [];
  if (tongue !== undefined && (name === "" || Object.hasOwn(FEATURES, name))) {
    if (name === "look" && query.has("bare")) return { status: 200, body: String(bare(shop, name, tongue)) };
    const body = feature(shop, name, tongue, WORDS[tongue].features, query);
    return { status: 200, body: String(frame(shop, "features", tongue, false, body, { name })) };
  }
  const plain = query.has("plain");
  const [, language, slug = ""] = /^\/(de|en)\/([a-z]*)$/.exec(path) ?? [];
  if (language === undefined) return null;
  const page = Object.keys(PAGES).find((name) => PAGES[name][language] === slug);
  if (page === undefined) {
    const words = WORDS[language];
    const body = html`<section class="intro"><h1>${words.missing}</h1><p><a href="/${language}/">${words.nav.home}</a></p></section>`;
    return { status: 404, body: String(frame(shop, "missing", language, plain, body)) };
  }
  const body = FORMS.has(page)
    ? withForm(shop, page, language, plain)
    : page === "home"
      ? home(language)
      : line(page, language);
  return { status: 200, body: String(frame(shop, page, language, plain, body)) };
}
