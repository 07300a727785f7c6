// The sign-in page: one field, one button, and a clear answer when the token is wrong.

import { ApiError, api } from "./api.js";
import { fill, h } from "./dom.js";
import type { Session } from "./types.js";
import { say } from "./words.js";

/** The sentence for a failed request. */
export function failure(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return say("network");
  if (error.status === 403) return say("forbidden");
  if (error.status === 429) return say("too_many");
  return say("failed", `${error.status} ${error.code}`);
}

/** Shows the sign-in form and calls `done` once the edge accepted the token. */
export function showSignIn(root: HTMLElement, done: (session: Session) => void): void {
  const note = h("p", { class: "note", id: "signin-note", role: "alert" });
  const input = h("input", {
    id: "token",
    name: "token",
    type: "password",
    autocomplete: "current-password",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "signin-lead signin-note",
  });
  const button = h("button", { class: "primary" }, say("signin"));
  const complain = (text: string): void => {
    fill(note, text);
    input.setAttribute("aria-invalid", "true");
    input.focus();
    input.select();
  };
  const submit = async (): Promise<void> => {
    const token = input.value.trim();
    if (token === "") return complain(say("token_missing"));
    button.disabled = true;
    try {
      done(await api.signIn(token));
    } catch (error) {
      const wrong = error instanceof ApiError && (error.status === 401 || error.status === 403);
      complain(wrong ? say("token_wrong") : failure(error));
    } finally {
      button.disabled = false;
    }
  };
  const form = h(
    "form",
    {
      class: "card",
      novalidate: true,
      onsubmit: (event: Event) => {
        event.preventDefault();
        void submit();
      },
    },
    h("h1", {}, say("signin_title")),
    h("p", { id: "signin-lead", class: "quiet" }, say("signin_lead")),
    // Password managers keep a password under a name.
    h("input", { type: "text", autocomplete: "username", value: "admin", hidden: true }),
    h("label", { for: "token" }, say("token")),
    input,
    note,
    button,
  );
  document.title = `${say("signin_title")} · Leadkit`;
  fill(root, h("main", { class: "signin" }, h("p", { class: "mark" }, "Leadkit"), form));
  input.focus();
}
