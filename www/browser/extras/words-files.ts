/** The sentences about files. `{name}` is filled in. */
export interface FileWords {
  readonly wait: string;
  readonly drop: string;
  readonly failed: string;
  readonly offline: string;
  readonly "file.too_large": string;
  readonly "file.too_many": string;
  readonly "file.type": string;
  readonly "file.empty": string;
}

const of = (
  wait: string,
  drop: string,
  failed: string,
  offline: string,
  large: string,
  many: string,
  type: string,
  empty: string,
): FileWords => ({
  wait,
  drop,
  failed,
  offline,
  "file.too_large": large,
  "file.too_many": many,
  "file.type": type,
  "file.empty": empty,
});

const ALL: Readonly<Record<string, FileWords>> = {
  en: of(
    "Your files are on their way. The form is sent when they are there.",
    "Remove",
    "{name} could not be sent. Please choose it again.",
    "There is no connection. {name} is not kept on this device; please choose it again later.",
    "{name} is too large.",
    "{name} is one file too many.",
    "{name} is of a kind that is not taken here.",
    "{name} is empty.",
  ),
  de: of(
    "Ihre Dateien sind unterwegs. Das Formular wird gesendet, sobald sie da sind.",
    "Entfernen",
    "{name} konnte nicht gesendet werden. Bitte wählen Sie die Datei noch einmal.",
    "Keine Verbindung. {name} wird auf diesem Gerät nicht behalten; bitte wählen Sie die Datei später noch einmal.",
    "{name} ist zu groß.",
    "{name} ist eine Datei zu viel.",
    "{name} ist von einer Art, die hier nicht angenommen wird.",
    "{name} ist leer.",
  ),
  fr: of(
    "Vos fichiers sont en route. Le formulaire sera envoyé dès leur arrivée.",
    "Retirer",
    "{name} n’a pas pu être envoyé. Veuillez le choisir à nouveau.",
    "Pas de connexion. {name} n’est pas conservé sur cet appareil ; veuillez le choisir à nouveau plus tard.",
    "{name} est trop volumineux.",
    "{name} est un fichier de trop.",
    "{name} est d’un type qui n’est pas accepté ici.",
    "{name} est vide.",
  ),
  es: of(
    "Sus archivos están en camino. El formulario se enviará cuando lleguen.",
    "Quitar",
    "No se pudo enviar {name}. Elíjalo de nuevo.",
    "No hay conexión. {name} no se guarda en este dispositivo; elíjalo de nuevo más tarde.",
    "{name} es demasiado grande.",
    "{name} es un archivo de más.",
    "{name} es de un tipo que aquí no se acepta.",
    "{name} está vacío.",
  ),
  it: of(
    "I file sono in viaggio. Il modulo sarà inviato quando saranno arrivati.",
    "Rimuovi",
    "Non è stato possibile inviare {name}. Lo scelga di nuovo.",
    "Nessuna connessione. {name} non viene conservato su questo dispositivo; lo scelga di nuovo più tardi.",
    "{name} è troppo grande.",
    "{name} è un file di troppo.",
    "{name} è di un tipo che qui non si accetta.",
    "{name} è vuoto.",
  ),
  nl: of(
    "Uw bestanden zijn onderweg. Het formulier wordt verzonden zodra ze er zijn.",
    "Verwijderen",
    "{name} kon niet worden verzonden. Kies het opnieuw.",
    "Geen verbinding. {name} wordt niet op dit apparaat bewaard; kies het later opnieuw.",
    "{name} is te groot.",
    "{name} is een bestand te veel.",
    "{name} is van een soort die hier niet wordt aangenomen.",
    "{name} is leeg.",
  ),
  pl: of(
    "Pliki są w drodze. Formularz zostanie wysłany, gdy dotrą.",
    "Usuń",
    "Nie udało się wysłać pliku {name}. Proszę wybrać go ponownie.",
    "Brak połączenia. Plik {name} nie jest przechowywany na tym urządzeniu; proszę wybrać go później.",
    "Plik {name} jest za duży.",
    "Plik {name} to o jeden za dużo.",
    "Plik {name} jest typu, którego tu nie przyjmujemy.",
    "Plik {name} jest pusty.",
  ),
  pt: of(
    "Os seus ficheiros estão a caminho. O formulário será enviado quando chegarem.",
    "Remover",
    "Não foi possível enviar {name}. Escolha-o de novo.",
    "Não há ligação. {name} não é guardado neste dispositivo; escolha-o de novo mais tarde.",
    "{name} é demasiado grande.",
    "{name} é um ficheiro a mais.",
    "{name} é de um tipo que aqui não é aceite.",
    "{name} está vazio.",
  ),
};

/** The sentences of a language, or English ones. */
export const fileWords = (locale: string): FileWords =>
  ALL[locale.slice(0, 2).toLowerCase()] ?? (ALL["en"] as FileWords);

/** Fills a sentence. */
export const put = (sentence: string, name: string): string => sentence.replace("{name}", () => name);
