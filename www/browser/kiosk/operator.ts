import { sha256 } from "../digest.js";
import { leadId } from "../id.js";
import { attempt } from "../outbox/spill.js";
import { type Device, lasting } from "./device.js";
import type { OperatorWords } from "./words.js";

/** How long the counter is pressed until the view opens, in milliseconds. */
const PRESS_MS = 1_500;

/** What the view can do. */
export interface Controls {
  readonly site: string;
  readonly device: Device;
  readonly words: OperatorWords;
  /** Sends what waits. */
  send(): void;
  /** Whether the page works without a connection. */
  ready(): boolean;
}

interface Pin {
  readonly salt: string;
  readonly hash: string;
}

/**
 * The view of whoever looks after the device: opened by pressing the counter for a while, then by a PIN where there is one.
 * The PIN keeps visitors out; it does not keep out who can read the browser's storage.
 */
export class Operator {
  private readonly dialog = document.createElement("dialog");
  private readonly key: string;

  constructor(
    counter: HTMLElement,
    private readonly controls: Controls,
  ) {
    this.key = `leadkit.kiosk.${controls.site}`;
    this.dialog.className = "kiosk-operator";
    this.dialog.setAttribute("aria-label", controls.words.title);
    document.body.append(this.dialog);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => clearTimeout(timer);
    const begin = (): void => {
      end();
      timer = setTimeout(() => this.open(), PRESS_MS);
    };
    counter.addEventListener("pointerdown", begin);
    for (const type of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"])
      counter.addEventListener(type, end);
    counter.addEventListener("keydown", ({ key, repeat }) => {
      if (!repeat && (key === "Enter" || key === " ")) begin();
    });
  }

  /** Closes the view, as when the turn of a visitor ends. */
  close(): void {
    this.dialog.close();
    this.dialog.replaceChildren();
  }

  private open(): void {
    if (this.dialog.open) return;
    const pin = attempt(() => JSON.parse(localStorage.getItem(this.key) ?? "null") as Pin | null, null);
    if (pin) this.ask(pin);
    else void this.show();
    this.dialog.showModal();
  }

  private ask({ salt, hash }: Pin): void {
    const { words } = this.controls;
    const input = field("password");
    const wrong = element("p");
    wrong.setAttribute("role", "alert");
    const form = element("form");
    form.append(
      labelled(words.pin, input),
      button(words.open),
      button(words.close, () => this.close()),
      wrong,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (sha256(salt + input.value) === hash) void this.show();
      else wrong.textContent = words.wrong;
      input.value = "";
    });
    this.dialog.replaceChildren(form);
    input.focus();
  }

  private async show(): Promise<void> {
    const { words, device, send, ready } = this.controls;
    const pin = field("password");
    const form = element("form");
    form.append(labelled(words.newPin, pin), button(words.setPin));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.lock(pin.value);
      this.close();
    });
    const [{ unsent, refused }, stays] = await Promise.all([device.count(), lasting()]);
    const facts = element("dl");
    facts.append(element("dt", words.unsent), element("dd", String(unsent)));
    facts.append(element("dt", words.refused), element("dd", String(refused)));
    const acts = element("p");
    acts.append(
      button(words.close, () => this.close()),
      button(words.send, () => {
        send();
        this.close();
      }),
      button(words.save, () => void this.save()),
    );
    this.dialog.replaceChildren(
      element("h2", words.title),
      facts,
      element("p", ready() ? words.offline : words.notOffline),
      element("p", stays ? words.lasting : words.notLasting),
      acts,
      element("p", words.advice),
      form,
    );
    acts.querySelector("button")?.focus();
  }

  private lock(pin: string): void {
    const salt = leadId(Date.now());
    attempt(() => {
      if (pin === "") localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ salt, hash: sha256(salt + pin) } satisfies Pin));
    }, undefined);
  }

  private async save(): Promise<void> {
    const text = await this.controls.device.export();
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    link.download = `leadkit-${this.controls.site}-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** A button; without an act it submits its form. */
function button(text: string, act?: () => void): HTMLButtonElement {
  const made = element("button", text);
  made.type = act ? "button" : "submit";
  if (act) made.addEventListener("click", act);
  return made;
}

function field(type: string): HTMLInputElement {
  const input = element("input");
  input.type = type;
  input.inputMode = "numeric";
  // A password manager offers nothing here: it would be another person's.
  input.autocomplete = "one-time-code";
  return input;
}

function labelled(text: string, input: HTMLInputElement): HTMLLabelElement {
  const label = element("label", text);
  label.append(input);
  return label;
}
