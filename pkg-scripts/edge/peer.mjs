// What one would write without a kit: Hono takes the request, zod and libphonenumber-js look at each lead, and it is stored.
import { Hono } from "hono";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { z } from "zod";
import { answer, inserts } from "./rows.mjs";

const Data = z.object({
  full_name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  phone: z.string().transform((text, context) => {
    const number = parsePhoneNumberFromString(text, "DE");
    if (number?.isValid() === true) return number.number;
    context.addIssue({ code: "custom", message: "phone" });
    return z.NEVER;
  }),
  company: z.string().max(1000).optional(),
  message: z.string().max(10_000).optional(),
  ok: z.literal(true),
});
const Batch = z.object({
  v: z.literal(1),
  k: z.string(),
  sent_at: z.number().int(),
  items: z
    .array(
      z.object({
        id: z.uuid(),
        at: z.number().int(),
        n: z.number().int(),
        form: z.string(),
        data: Data,
        ctx: z.object({ url: z.url(), locale: z.string(), seconds: z.number() }).optional(),
      }),
    )
    .max(50),
});

/** The application over a function that stores. */
export function app(rows, store) {
  const hono = new Hono();
  hono.post("/v1/leads", async (context) => {
    const parsed = Batch.safeParse(await context.req.json());
    if (!parsed.success) return context.json({ error: parsed.error.issues }, 400);
    const { items } = parsed.data;
    await store(inserts(rows, items, crypto.randomUUID()), context);
    return context.body(answer(items), 200, { "content-type": "application/json" });
  });
  return hono;
}
