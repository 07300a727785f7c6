/** The sentences of steps and drafts. `{n}` and `{m}` are filled in. */
export interface ExtraWords {
  readonly step: string;
  readonly next: string;
  readonly back: string;
  readonly keep: string;
  readonly kept: string;
  readonly drop: string;
  readonly choose: string;
}

const ALL: Readonly<Record<string, ExtraWords>> = {
  en: {
    step: "Step {n} of {m}",
    next: "Next",
    back: "Back",
    keep: "Keep what I enter on this device for {n} days, so that I can go on later",
    kept: "This is what you entered on {n}.",
    drop: "Delete it and start anew",
    choose: "Please choose",
  },
  de: {
    step: "Schritt {n} von {m}",
    next: "Weiter",
    back: "Zurück",
    keep: "Meine Eingaben {n} Tage lang auf diesem Gerät behalten, damit ich später weitermachen kann",
    kept: "Das haben Sie am {n} eingegeben.",
    drop: "Löschen und neu beginnen",
    choose: "Bitte wählen",
  },
  fr: {
    step: "Étape {n} sur {m}",
    next: "Continuer",
    back: "Retour",
    keep: "Conserver ma saisie pendant {n} jours sur cet appareil pour continuer plus tard",
    kept: "Voici ce que vous avez saisi le {n}.",
    drop: "Effacer et recommencer",
    choose: "Veuillez choisir",
  },
  es: {
    step: "Paso {n} de {m}",
    next: "Siguiente",
    back: "Atrás",
    keep: "Conservar lo que escribo durante {n} días en este dispositivo para continuar más tarde",
    kept: "Esto es lo que escribió el {n}.",
    drop: "Borrarlo y empezar de nuevo",
    choose: "Elija una opción",
  },
  it: {
    step: "Passaggio {n} di {m}",
    next: "Avanti",
    back: "Indietro",
    keep: "Conservare i miei dati per {n} giorni su questo dispositivo, per continuare più tardi",
    kept: "Questi sono i dati che ha inserito il {n}.",
    drop: "Cancella e ricomincia",
    choose: "Scelga un’opzione",
  },
  nl: {
    step: "Stap {n} van {m}",
    next: "Volgende",
    back: "Terug",
    keep: "Mijn invoer {n} dagen op dit apparaat bewaren, zodat ik later verder kan gaan",
    kept: "Dit hebt u op {n} ingevuld.",
    drop: "Wissen en opnieuw beginnen",
    choose: "Maak een keuze",
  },
  pl: {
    step: "Krok {n} z {m}",
    next: "Dalej",
    back: "Wstecz",
    keep: "Zachowaj wpisane dane na tym urządzeniu przez {n} dni, abym mógł lub mogła dokończyć później",
    kept: "To są dane wpisane {n}.",
    drop: "Usuń i zacznij od nowa",
    choose: "Proszę wybrać",
  },
  pt: {
    step: "Passo {n} de {m}",
    next: "Seguinte",
    back: "Voltar",
    keep: "Guardar o que escrevo neste dispositivo durante {n} dias, para continuar mais tarde",
    kept: "Isto é o que escreveu em {n}.",
    drop: "Apagar e recomeçar",
    choose: "Escolha uma opção",
  },
};

/** The sentences of a language, or English ones where there are none. */
export const extraWords = (locale: string): ExtraWords =>
  ALL[locale.slice(0, 2).toLowerCase()] ?? (ALL["en"] as ExtraWords);

/** Fills a sentence. */
export const put = (sentence: string, n: string | number, m: string | number = ""): string =>
  sentence.replace("{n}", () => String(n)).replace("{m}", () => String(m));
