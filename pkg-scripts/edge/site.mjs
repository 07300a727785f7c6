// The site and the leads that the edge's bench is about: a contact form with a name, an address, a number and a text.

/** How many people the leads come from; each address of the network is counted by the edge. */
const PEOPLE = 5_000;
const TOWNS = ["Berlin", "Bonn", "Graz", "Bern", "Basel", "Wien", "Köln", "Kiel", "Ulm", "Jena"];
const GIVEN = ["Ada", "Emil", "Greta", "Hugo", "Ida", "Jakob", "Lena", "Mira", "Oskar", "Paula"];
const FAMILY = ["Acker", "Brandt", "Clausen", "Dorn", "Ebert", "Falk", "Graf", "Haas", "Iven", "Jung"];

/** The text of `leadkit.json`. The lead goes to a CRM, and to a newsletter of whoever wants it. */
export const SITE = JSON.stringify({
  site: { id: "shop", name: "Shop", locale: "de" },
  forms: {
    contact: {
      fields: [
        { name: "full_name", type: "name", required: true, label: { de: "Name" } },
        { name: "email", type: "email", required: true, label: { de: "E-Mail" } },
        { name: "phone", type: "phone", required: true, label: { de: "Telefon" } },
        { name: "company", type: "text", label: { de: "Firma" } },
        { name: "message", type: "text", multiline: true, label: { de: "Nachricht" } },
        { name: "ok", type: "consent", purpose: "contact", required: true, text: { de: "Ja" } },
      ],
    },
  },
  qualify: {
    public: {
      scores: { fit: {} },
      rules: [{ id: "firm", score: "fit", points: 5, when: { "!!": { var: "values.company" } } }],
    },
  },
  spam: { address_header: "x-forwarded-for", rate: { address_per_minute: 100_000 } },
  destinations: {
    crm: { type: "webhook", url: "https://crm.example.com/leads", purpose: "contact" },
  },
});

/** What the person with this number types. */
export function typed(number) {
  const [given, family] = [GIVEN[number % 10], FAMILY[Math.floor(number / 10) % 10]];
  const town = TOWNS[Math.floor(number / 100) % 10];
  return {
    full_name: `${given} ${family}`,
    email: `${given}.${family}.${number}@example.com`.toLowerCase(),
    phone: `+49 30 ${String(20_000_000 + number).replace(/(\d{4})(\d{4})/, "$1 $2")}`,
    company: `${family} & Töchter, ${town}`,
    message: `Guten Tag, wir ziehen im Frühjahr nach ${town} und brauchen ${(number % 90) + 10} Stühle. Bitte rufen Sie an. Nr. ${number}`,
    ok: true,
  };
}

/** A UUID version 7 with this number in it. */
export function idOf(run, number) {
  const digits = number.toString(16).padStart(12, "0");
  return `019f22e2-${run.toString(16).padStart(4, "0")}-7cc3-98c4-${digits}`;
}

/** The body of a batch of `size` leads that begins with this number. */
export function body(run, first, size) {
  const at = Date.now();
  const items = Array.from({ length: size }, (_, place) => {
    const number = first + place;
    const ctx = { url: "https://shop.example.com/kontakt?utm_source=news", locale: "de", seconds: 40 };
    return { id: idOf(run, number), at: at - 500, n: 1, form: "contact", data: typed(number), ctx };
  });
  return JSON.stringify({ v: 1, k: "shop", sent_at: at, items });
}

/** A public address of the network for this number. */
export function address(number) {
  const person = number % PEOPLE;
  return `81.${10 + (person >> 8)}.${person & 255}.7`;
}
