/**
 * Files of a form: each is sent as soon as it is chosen, apart from its lead, which refers to it by its hash.
 *
 * Nothing of a file is kept on the device. The lead and its files share an id, which the form carries from the first file on.
 */
import { leadId } from "../id.js";
import { aid, type ExtraHost } from "./host.js";
import { type FileWords, fileWords, put } from "./words-files.js";

/** The largest file, in bytes; the edge may allow less. */
const LARGEST = 10 * 1024 * 1024;

/** A file on its way, or there. */
interface Sent {
  readonly file: File;
  readonly row: HTMLElement;
  readonly request: XMLHttpRequest;
  hash: string;
  done: boolean;
}

/** Makes the file inputs of a form send what is chosen. */
export function files(host: ExtraHost): void {
  const words = fileWords(host.locale);
  for (const { name, type } of host.config.fields) {
    const input = host.form.querySelector<HTMLInputElement>(`input[type=file][name="${CSS.escape(name)}"]`);
    if (type === "file" && input) new FileField(host, input, words);
  }
}

class FileField {
  private readonly value = document.createElement("input");
  private readonly list = aid("ul", "files");
  private readonly status = aid("p", "file-status");
  private sent: Sent[] = [];
  private waiting = false;

  constructor(
    private readonly host: ExtraHost,
    private readonly input: HTMLInputElement,
    private readonly words: FileWords,
  ) {
    const { form, signal } = host;
    this.value.type = "hidden";
    this.value.name = input.name;
    this.status.setAttribute("role", "status");
    input.after(this.value, this.list, this.status);
    input.addEventListener("change", this.onChosen, { signal });
    form.addEventListener("submit", this.onSubmit, { capture: true, signal });
    form.addEventListener("reset", () => this.clear(), { signal });
    // A lead that is kept has its files; what is typed after it belongs to another one.
    form.addEventListener("leadkit:kept", () => delete form.dataset["leadkitId"], { signal });
    form.addEventListener("input", this.onInput, { signal });
    signal.addEventListener("abort", () => {
      for (const { request } of this.sent) request.abort();
      for (const element of [this.value, this.list, this.status]) element.remove();
    });
  }

  private readonly onChosen = (): void => {
    this.status.textContent = "";
    const chosen = [...(this.input.files ?? [])];
    this.input.value = "";
    if (!this.input.multiple) this.clear();
    for (const file of chosen) this.send(file);
  };

  private readonly onInput = (): void => {
    if (this.sent.length === 0 || this.host.form.dataset["leadkitId"] !== undefined) return;
    const again = this.sent.map(({ file }) => file);
    this.clear();
    for (const file of again) this.send(file);
  };

  /** A submit waits for what is on its way. */
  private readonly onSubmit = (event: SubmitEvent): void => {
    if (this.sent.every(({ done }) => done)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.waiting = true;
    this.status.textContent = this.words.wait;
  };

  private send(file: File): void {
    const { form } = this.host;
    const address = this.host.address.replace(/\/form\/([^/]+\/[^/]+)$/, "/file/$1");
    // What cannot be sent now is not kept: the visitor has to know.
    const refusal = file.size > LARGEST ? "file.too_large" : navigator.onLine ? "" : "offline";
    if (refusal !== "") {
      this.say(file, refusal);
      return;
    }
    form.dataset["leadkitId"] ??= leadId(Date.now());
    const row = aid("li", "file", file.name);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", file.name);
    const drop = aid("button", "file-drop", this.words.drop);
    drop.type = "button";
    drop.setAttribute("aria-label", `${this.words.drop}: ${file.name}`);
    row.append(" ", bar, " ", drop);
    this.list.append(row);
    const request = new XMLHttpRequest();
    const sent: Sent = { file, row, request, hash: "", done: false };
    this.sent.push(sent);
    drop.addEventListener("click", () => {
      request.abort();
      this.drop(sent);
      this.input.focus();
    });
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = total > 0 ? loaded / total : 0;
    };
    request.onload = () => this.answered(sent, bar);
    request.onerror = () => this.failed(sent, navigator.onLine ? "failed" : "offline");
    const query = new URLSearchParams({ lead: form.dataset["leadkitId"], name: file.name });
    request.open("POST", `${address}/${encodeURIComponent(this.input.name)}?${query}`);
    // Bytes without a type: the edge looks at them, whatever anybody calls them.
    request.send(new Blob([file]));
  }

  private answered(sent: Sent, bar: HTMLProgressElement): void {
    let answer: { file?: string; error?: { code?: string } } = {};
    try {
      answer = JSON.parse(sent.request.responseText) as typeof answer;
    } catch {
      // No answer of an edge.
    }
    if (sent.request.status !== 200 || !answer.file) {
      const large = sent.request.status === 413 ? "file.too_large" : undefined;
      this.failed(sent, large ?? answer.error?.code ?? "failed");
      return;
    }
    sent.hash = answer.file;
    sent.done = true;
    bar.remove();
    sent.row.dataset["done"] = "";
    this.changed();
  }

  private failed(sent: Sent, code: string): void {
    this.drop(sent);
    this.say(sent.file, code);
  }

  private drop(sent: Sent): void {
    sent.row.remove();
    this.sent = this.sent.filter((other) => other !== sent);
    this.changed();
  }

  private clear(): void {
    for (const { request, row } of this.sent) {
      request.abort();
      row.remove();
    }
    this.sent = [];
    this.status.textContent = "";
    this.value.value = "";
  }

  private changed(): void {
    this.value.value = this.sent.map(({ hash }) => hash).join(" ");
    this.host.update();
    if (!this.waiting || this.sent.some(({ done }) => !done)) return;
    this.waiting = false;
    this.status.textContent = "";
    this.host.form.requestSubmit();
  }

  private say(file: File, code: string): void {
    this.waiting = false;
    this.status.textContent = put(this.words[code as keyof FileWords] ?? this.words.failed, file.name);
  }
}
