/** Where a form tells what became of a lead. Announced politely; there before it says anything. */
export class Status {
  private readonly element: HTMLElement;

  constructor(private readonly form: HTMLFormElement) {
    const own = form.querySelector<HTMLElement>("[data-leadkit-status]");
    this.element = own ?? document.createElement("p");
    if (!own) {
      this.element.className = "leadkit-status";
      this.element.setAttribute("data-leadkit-aid", "");
      form.append(this.element);
    }
    this.element.setAttribute("role", "status");
    this.element.setAttribute("data-leadkit-status", "");
  }

  /** Says it, and marks the form with the state for the page's own style. */
  say(state: string, text: string): void {
    this.form.dataset.leadkitState = state;
    if (this.element.textContent !== text) this.element.textContent = text;
  }

  /** Adds a link behind what was said; one that leads to no page is left out. */
  link(url: string, text: string): void {
    if (!/^(https?:\/\/|\/)/.test(url)) return;
    const link = document.createElement("a");
    link.href = url;
    link.textContent = text;
    this.element.append(" ", link);
  }
}
