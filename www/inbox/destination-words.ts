// Every sentence of the page of destinations in English and German.

import { language } from "./words.js";

const en = {
  destinations: "Destinations",
  hint: "Where leads go, and how each of these fares.",
  none: "This site has no destinations.",
  well: "Running",
  paused: "Paused",
  gone: "Address is gone",
  open: "Left alone, next probe %",
  denied: "Key refused: % on hold",
  next: "Next try %",
  failures: "% failures in a row",
  nothing: "Nothing was sent yet.",
  pause: "Pause",
  resume: "Resume",
  all_again: "Send all given up again (%)",
  query: "Send again by query",
  which: "Which",
  which_both: "Given up or on hold",
  reason: "Reason",
  any: "Any",
  since: "Received from",
  until: "Received until",
  listed: "Only the % leads that the list shows",
  go: "Send again",
  sure_pause: "Pause “%”? What waits is kept, and goes when it is resumed.",
  sure_resume: "Resume “%”? What was on hold for a refused key is tried again.",
  sure_again: "Send again to “%”? Receivers that know no key may get a lead twice.",
  cancel: "Cancel",
  done: "Done.",
  replayed: "% will be sent again.",
  failed: "That did not work (%).",
};

const de: Record<keyof typeof en, string> = {
  destinations: "Ziele",
  hint: "Wohin Leads gehen und wie es dort läuft.",
  none: "Diese Site hat keine Ziele.",
  well: "Läuft",
  paused: "Angehalten",
  gone: "Adresse gibt es nicht mehr",
  open: "In Ruhe gelassen, nächste Probe %",
  denied: "Schlüssel abgelehnt: % angehalten",
  next: "Nächster Versuch %",
  failures: "% Fehler in Folge",
  nothing: "Noch nichts gesendet.",
  pause: "Anhalten",
  resume: "Fortsetzen",
  all_again: "Alles Aufgegebene noch einmal senden (%)",
  query: "Nach Auswahl noch einmal senden",
  which: "Welche",
  which_both: "Aufgegeben oder angehalten",
  reason: "Grund",
  any: "Beliebig",
  since: "Eingegangen ab",
  until: "Eingegangen bis",
  listed: "Nur die % Leads, die die Liste zeigt",
  go: "Noch einmal senden",
  sure_pause: "„%“ anhalten? Was wartet, bleibt erhalten und geht beim Fortsetzen hinaus.",
  sure_resume: "„%“ fortsetzen? Was wegen eines abgelehnten Schlüssels wartet, wird neu versucht.",
  sure_again: "Noch einmal an „%“ senden? Empfänger, die keinen Schlüssel kennen, können einen Lead doppelt bekommen.",
  cancel: "Abbrechen",
  done: "Erledigt.",
  replayed: "% werden noch einmal gesendet.",
  failed: "Das hat nicht geklappt (%).",
};

const words = language === "de" ? de : en;

/** A sentence in the page's language; `%` in it becomes `value`. */
export function tell(word: keyof typeof en, value: string | number = ""): string {
  return words[word].replace("%", () => String(value));
}
