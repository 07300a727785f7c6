/** The sentences of the kiosk. `{n}` is filled in. */
export interface KioskWords {
  /** What the visitor reads. */
  readonly wait: string;
  readonly unavailable: string;
  readonly lost: string;
  readonly idle: string;
  readonly done: string;
  readonly stay: string;
  readonly next: string;
  readonly unsent: string;
}

/** What the operator reads: in German and English. */
export interface OperatorWords {
  readonly title: string;
  readonly unsent: string;
  readonly refused: string;
  readonly offline: string;
  readonly notOffline: string;
  readonly lasting: string;
  readonly notLasting: string;
  readonly send: string;
  readonly save: string;
  readonly close: string;
  readonly pin: string;
  readonly newPin: string;
  readonly setPin: string;
  readonly open: string;
  readonly wrong: string;
  readonly advice: string;
}

const VISITOR: Readonly<Record<string, KioskWords>> = {
  en: {
    wait: "One moment, please …",
    unavailable: "This form cannot be opened just now. Please speak to us.",
    lost: "This could not be kept on this device. Please speak to us.",
    idle: "Are you still there? The form will be cleared for the next person in",
    done: "The form will be ready for the next person in",
    stay: "I need more time",
    next: "Next person",
    unsent: "{n} unsent",
  },
  de: {
    wait: "Einen Moment bitte …",
    unavailable: "Dieses Formular lässt sich gerade nicht öffnen. Bitte sprechen Sie uns an.",
    lost: "Das konnte auf diesem Gerät nicht behalten werden. Bitte sprechen Sie uns an.",
    idle: "Sind Sie noch da? Das Formular wird für die nächste Person geleert in",
    done: "Das Formular ist für die nächste Person bereit in",
    stay: "Ich brauche mehr Zeit",
    next: "Nächste Person",
    unsent: "{n} nicht gesendet",
  },
  fr: {
    wait: "Un instant, s’il vous plaît …",
    unavailable: "Ce formulaire ne peut pas être ouvert pour le moment. Adressez-vous à nous.",
    lost: "Cela n’a pas pu être conservé sur cet appareil. Adressez-vous à nous.",
    idle: "Êtes-vous toujours là ? Le formulaire sera vidé pour la personne suivante dans",
    done: "Le formulaire sera prêt pour la personne suivante dans",
    stay: "J’ai besoin de plus de temps",
    next: "Personne suivante",
    unsent: "{n} non envoyés",
  },
  es: {
    wait: "Un momento, por favor …",
    unavailable: "Este formulario no se puede abrir ahora. Hable con nosotros.",
    lost: "No se ha podido guardar en este dispositivo. Hable con nosotros.",
    idle: "¿Sigue ahí? El formulario se vaciará para la siguiente persona en",
    done: "El formulario estará listo para la siguiente persona en",
    stay: "Necesito más tiempo",
    next: "Siguiente persona",
    unsent: "{n} sin enviar",
  },
  it: {
    wait: "Un momento, per favore …",
    unavailable: "Al momento il modulo non può essere aperto. Si rivolga a noi.",
    lost: "Non è stato possibile conservarlo su questo dispositivo. Si rivolga a noi.",
    idle: "È ancora qui? Il modulo sarà svuotato per la prossima persona tra",
    done: "Il modulo sarà pronto per la prossima persona tra",
    stay: "Ho bisogno di più tempo",
    next: "Prossima persona",
    unsent: "{n} non inviati",
  },
  nl: {
    wait: "Een ogenblik …",
    unavailable: "Dit formulier kan nu niet worden geopend. Spreek ons aan.",
    lost: "Dit kon op dit apparaat niet worden bewaard. Spreek ons aan.",
    idle: "Bent u er nog? Het formulier wordt leeggemaakt voor de volgende persoon over",
    done: "Het formulier is klaar voor de volgende persoon over",
    stay: "Ik heb meer tijd nodig",
    next: "Volgende persoon",
    unsent: "{n} niet verzonden",
  },
  pl: {
    wait: "Chwileczkę …",
    unavailable: "Tego formularza nie można teraz otworzyć. Prosimy o rozmowę z nami.",
    lost: "Nie udało się tego zachować na tym urządzeniu. Prosimy o rozmowę z nami.",
    idle: "Czy nadal tu Państwo są? Formularz zostanie wyczyszczony dla następnej osoby za",
    done: "Formularz będzie gotowy dla następnej osoby za",
    stay: "Potrzebuję więcej czasu",
    next: "Następna osoba",
    unsent: "{n} niewysłanych",
  },
  pt: {
    wait: "Um momento, por favor …",
    unavailable: "Este formulário não pode ser aberto agora. Fale connosco.",
    lost: "Não foi possível guardar isto neste dispositivo. Fale connosco.",
    idle: "Ainda está aí? O formulário será limpo para a próxima pessoa em",
    done: "O formulário estará pronto para a próxima pessoa em",
    stay: "Preciso de mais tempo",
    next: "Próxima pessoa",
    unsent: "{n} por enviar",
  },
};

const OPERATOR: Readonly<Record<string, OperatorWords>> = {
  en: {
    title: "For the operator",
    unsent: "Leads on this device that were not sent yet",
    refused: "Leads that the edge refused",
    offline: "Ready to work without a connection.",
    notOffline: "Not ready to work without a connection. Stay online until this changes, over HTTPS.",
    lasting: "The browser promises to keep what is stored.",
    notLasting: "The browser may delete what is stored when its disk is full. Installing this page helps.",
    send: "Send now",
    save: "Save unsent leads as a file",
    close: "Back to the form",
    pin: "PIN",
    newPin: "New PIN for this view (empty: none)",
    setPin: "Set PIN",
    open: "Open",
    wrong: "This is not the PIN.",
    advice:
      "The file is a last resort. It holds personal data; the same leads are still sent from here, and whoever sends the file to the edge stores none of them twice.",
  },
  de: {
    title: "Für das Personal",
    unsent: "Leads auf diesem Gerät, die noch nicht gesendet sind",
    refused: "Leads, die der Edge-Dienst abgelehnt hat",
    offline: "Bereit für die Arbeit ohne Verbindung.",
    notOffline: "Noch nicht bereit für die Arbeit ohne Verbindung. Bleiben Sie über HTTPS online, bis sich das ändert.",
    lasting: "Der Browser verspricht, das Gespeicherte zu behalten.",
    notLasting: "Der Browser kann Gespeichertes löschen, wenn der Platz knapp wird. Die Seite zu installieren hilft.",
    send: "Jetzt senden",
    save: "Nicht gesendete Leads als Datei sichern",
    close: "Zurück zum Formular",
    pin: "PIN",
    newPin: "Neue PIN für diese Ansicht (leer: keine)",
    setPin: "PIN setzen",
    open: "Öffnen",
    wrong: "Das ist nicht die PIN.",
    advice:
      "Die Datei ist der letzte Ausweg. Sie enthält personenbezogene Daten; dieselben Leads werden weiterhin von hier gesendet, und wer die Datei an den Edge-Dienst schickt, speichert keinen doppelt.",
  },
};

const pick = <T>(all: Readonly<Record<string, T>>, locale: string): T =>
  all[locale.slice(0, 2).toLowerCase()] ?? (all["en"] as T);

/** What the visitor reads. */
export const kioskWords = (locale: string): KioskWords => pick(VISITOR, locale);
/** What the operator reads. */
export const operatorWords = (locale: string): OperatorWords => pick(OPERATOR, locale);
