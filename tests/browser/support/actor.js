// What a visitor does, as a script of the page: for engines that no test can steer. It clicks, types and waits for what is to be seen.

const { act } = document.querySelector("script[data-act]").dataset;
const errors = [];
addEventListener("error", ({ message }) => errors.push(message));
addEventListener("unhandledrejection", ({ reason }) => errors.push(String(reason)));

const report = (body) => fetch("/saw", { method: "POST", body: JSON.stringify(body) });
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Waits for what is to be seen. */
async function until(what, see) {
  const end = Date.now() + 45_000;
  for (;;) {
    const seen = see();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited too long for ${what}: ${document.querySelector("form")?.outerHTML}`);
    await pause();
  }
}
const form = () => document.querySelector("form[data-leadkit]");
const field = (name) => form().elements.namedItem(name);
const bound = () =>
  until("the core", () => form()?.noValidate && form().querySelector("[data-leadkit-status]") && form());
const state = (name) => until(name, () => form().dataset.leadkitState === name);
const says = (selector) => form().querySelector(selector).textContent;

/** Types as a keyboard does: a sign and an event at a time. */
function type(name, text) {
  const input = field(name);
  input.focus();
  input.value = "";
  for (const sign of text) {
    input.setRangeText(sign, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: sign }));
  }
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
/** Types into a field that has no caret, such as one for addresses. */
function write(name, text) {
  const input = field(name);
  input.focus();
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
const choose = (name, value) => write(name, value);
const tick = (name) => field(name).click();
const visible = (name) => field(name).offsetParent !== null;
const send = () => form().querySelector("[type=submit]").click();

const ACTS = {
  async form() {
    field("full_name").focus();
    await bound();
    const saw = { hidden: visible("number") };
    send();
    await state("invalid");
    saw.summary = says("[role=alert]");
    saw.focus = document.activeElement.name;
    const described = field("email").getAttribute("aria-describedby");
    saw.problem = document.getElementById(described).textContent;
    type("full_name", "Ada Lovelace");
    write("email", "ada@gmial.com");
    (await until("a suggestion", () => form().querySelector(".leadkit-suggestion"))).click();
    saw.suggested = field("email").value;
    saw.corrected = field("email").getAttribute("aria-invalid");
    choose("topic", "order");
    saw.shown = visible("number");
    type("number", "4711");
    await until("a grouped number", () => {
      type("phone", "030123456");
      return field("phone").value === "030 123456";
    });
    saw.number = field("phone").value;
    tick("privacy");
    send();
    await state("saved");
    saw.saved = says("[role=status]");
    await report({ step: "saved" });
    await state("received");
    saw.received = says("[role=status]");
    saw.empty = field("full_name").value;
    return saw;
  },

  async element() {
    await until("the form", () => form());
    field("full_name").focus();
    await bound();
    type("full_name", "Ada Lovelace");
    write("email", "ada@example.com");
    choose("topic", "advice");
    tick("privacy");
    // What the Enter key does in a field.
    form().requestSubmit();
    await state("received");
    return { received: says("[role=status]") };
  },

  async work() {
    field("full_name").focus();
    await bound();
    const next = () => form().querySelector(".leadkit-next");
    await until("the steps", next);
    const progress = [says(".leadkit-progress")];
    const email = `${/Firefox|Chrome|AppleWebKit/.exec(navigator.userAgent)[0].toLowerCase()}@example.com`;
    type("full_name", "Ada Lovelace");
    write("email", email);
    next().click();
    progress.push(says(".leadkit-progress"));
    choose("topic", "advice");
    next().click();
    progress.push(says(".leadkit-progress"));
    tick("privacy");
    // A person is not so quick; the work is done by now.
    await until("the work", () =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("/v1/challenge/")),
    );
    for (let waited = 0; waited < 100; waited += 1) await pause();
    send();
    await state("received");
    return { progress, email, received: says("[role=status]") };
  },
};

try {
  await report({ done: true, ...(await ACTS[act]()), errors });
} catch (error) {
  await report({ done: true, errors: [...errors, String(error)] });
}
