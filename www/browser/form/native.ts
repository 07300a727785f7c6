/** The name under which a plain form carries the id of its lead. */
const ID_FIELD = "leadkit_id";

/** Submits a form as a page without scripts does. The id tells the edge that it is the same lead if it came both ways. */
export function native(form: HTMLFormElement, action: string, id: string): void {
  if (!form.hasAttribute("action")) form.action = action;
  form.method = "post";
  let field = form.querySelector<HTMLInputElement>(`input[name="${ID_FIELD}"]`);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = ID_FIELD;
    form.append(field);
  }
  field.value = id;
  HTMLFormElement.prototype.submit.call(form);
}
