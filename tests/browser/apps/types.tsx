// What the declarations promise to who writes TypeScript; `tsc` is the test.
import { mount } from "leadkit";
import { LeadForm } from "leadkit/react";
import { leadForm } from "leadkit/svelte";
import { LeadForm as VueForm } from "leadkit/vue";
import { createElement } from "react";
import { h } from "vue";

const options = { form: "contact", endpoint: "", site: "shop" };

export const react = createElement(LeadForm, {
  ...options,
  className: "own",
  onEvent: (type, detail) => {
    if (type === "received") detail.form.trim();
  },
});
// @ts-expect-error a form has a name
export const nameless = createElement(LeadForm, { endpoint: "", site: "shop" });
export const vue = h(VueForm, { ...options, onReceived: ({ id }) => id.trim() });
// @ts-expect-error a form has a site
export const siteless = h(VueForm, { form: "contact", endpoint: "" });
export const svelte = leadForm(document.createElement("form"), options).destroy;
export const own: () => void = mount(document.createElement("form"), options);
// @ts-expect-error the endpoint is a string
export const wrong = leadForm(document.createElement("form"), { ...options, endpoint: 7 });
