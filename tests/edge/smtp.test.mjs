// Mail by SMTP with TLS from every runtime, into nodemailer's own server.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { SMTPServer } from "smtp-server";
import { admin, batch, good, item, post } from "./client.mjs";
import { python } from "./python.mjs";
import { config, RUNTIMES, start, until } from "./runtime.mjs";

const HOSTILE = "Ada\r\nBcc: evil@evil.example";
const LOGIN = { user: "shop", password: "p$$ word" };

/** A certificate authority of the test, and a certificate for this machine by it. */
const CERTIFY = `
import datetime, ipaddress, json, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ExtendedKeyUsageOID
name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
now = datetime.datetime.now(datetime.timezone.utc)
def sign(subject, key, issuer, by, *extensions):
    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
    for extension, critical in extensions: builder = builder.add_extension(extension, critical)
    return builder.sign(by, hashes.SHA256())
root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
ca = sign("test root", root, "test root", root, (x509.BasicConstraints(True, 0), True),
    (x509.KeyUsage(False, False, False, False, False, True, True, False, False), True), (x509.SubjectKeyIdentifier.from_public_key(root.public_key()), False))
cert = sign("localhost", own, "test root", root, (x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False),
    (x509.BasicConstraints(False, None), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    (x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False))
pem = lambda it: it.public_bytes(serialization.Encoding.PEM)
open(sys.argv[1] + "/ca.pem", "wb").write(pem(ca)); open(sys.argv[1] + "/cert.pem", "wb").write(pem(cert))
open(sys.argv[1] + "/key.pem", "wb").write(own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
print("true")`;

/** Reads a mail as Python does, which is not ours. */
const PARSE = `
import email, email.policy, json, sys
m = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
print(json.dumps({"headers": [[k, str(v)] for k, v in m.items()], "text": m.get_content()}))`;

let [folder, server] = [];
const taken = [];
/** What the next recipient is answered instead of a yes. */
let refuse;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "leadkit-"));
  await python(CERTIFY, folder);
  server = new SMTPServer({
    secure: true,
    key: readFileSync(join(folder, "key.pem")),
    cert: readFileSync(join(folder, "cert.pem")),
    onAuth({ username, password }, _session, done) {
      const known = username === LOGIN.user && password === LOGIN.password;
      done(known ? null : Object.assign(new Error("no"), { responseCode: 535 }), { user: username });
    },
    onRcptTo(_address, _session, done) {
      done(refuse === undefined ? null : Object.assign(new Error("no"), { responseCode: refuse }));
    },
    onData(stream, { envelope, secure }, done) {
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        taken.push({
          from: envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          secure,
          raw: Buffer.concat(chunks),
        });
        done(null, "taken");
      });
    },
  });
  // A client that goes away in the middle is no fault of the test.
  server.on("error", () => undefined);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function leadkit() {
  const smtp = {
    type: "smtp",
    url: `smtps://localhost:${server.server.address().port}`,
    user: { env: "SMTP_USER" },
    token: { env: "SMTP_PASSWORD" },
    from: "Schöne & Co <shop@shop.example>",
  };
  const destinations = {
    team: {
      ...smtp,
      to: ["team@shop.example", "boss@shop.example"],
      subject: { cat: ["Lead: ", { var: "values.message" }] },
    },
    thanks: { ...smtp, to: { var: "contact.email" }, subject: "Danke für Ihre Anfrage", text: "Grüße\n.\nDas Team" },
  };
  return { ...config(), destinations };
}

async function read({ raw }) {
  const path = join(folder, "mail.eml");
  writeFileSync(path, raw);
  const { headers, text } = await python(PARSE, path);
  return { names: headers.map(([name]) => name), headers: Object.fromEntries(headers), text };
}

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      const ca = join(folder, "ca.pem");
      const env = { SMTP_USER: LOGIN.user, SMTP_PASSWORD: LOGIN.password, NODE_EXTRA_CA_CERTS: ca, DENO_CERT: ca };
      edge = await start(runtime, { config: leadkit(), env });
    });
    after(() => edge?.stop());

    const send = async (data) => {
      taken.length = 0;
      const one = item({ ...good, ...data });
      assert.equal((await post(edge.url, batch([one]))).body.r[0].s, "ok");
      return one;
    };
    const deliveries = async ({ id }) => (await admin(edge.url, `leads/shop/${id}`)).body.deliveries;
    const states = async (one) => (await deliveries(one)).map(({ state, status, reason }) => [state, status, reason]);

    test("the team is told and the lead is thanked, and nothing typed becomes a header", async () => {
      const one = await send({ message: HOSTILE });
      await until(() => taken.length >= 2, "two mails", 40_000);
      const team = taken.find(({ to }) => to.length === 2);
      const thanks = taken.find(({ to }) => to.length === 1);
      assert.deepEqual(team.to, ["team@shop.example", "boss@shop.example"]);
      assert.deepEqual(thanks.to, ["ada@example.com"]);
      assert.ok(taken.every(({ from, secure }) => from === "shop@shop.example" && secure));
      const [first, second] = [await read(team), await read(thanks)];
      for (const { names } of [first, second]) {
        assert.deepEqual(
          names.filter((name) => name.toLowerCase() === "bcc"),
          [],
        );
        assert.equal(new Set(names).size, names.length);
      }
      assert.equal(first.headers.Subject, "Lead: Ada Bcc: evil@evil.example");
      assert.equal(first.headers["Reply-To"], "ada@example.com");
      assert.equal(first.headers.From.replaceAll('"', ""), "Schöne & Co <shop@shop.example>");
      assert.match(first.headers["Message-ID"], /^<[0-9a-f]{32}@shop\.example>$/);
      assert.notEqual(first.headers["Message-ID"], second.headers["Message-ID"]);
      assert.equal(first.headers["Auto-Submitted"], "auto-generated");
      assert.ok(Math.abs(Date.parse(first.headers.Date) - Date.now()) < 600_000);
      assert.match(first.text, /message: Ada\r?\nBcc: evil/);
      assert.equal(second.headers.Subject, "Danke für Ihre Anfrage");
      assert.equal(second.text.replaceAll("\r", "").trimEnd(), "Grüße\n.\nDas Team");
      await until(async () => (await states(one)).every(([state]) => state === "done"), "both to be done");
      // What was sent shows in the log, and no password does.
      const log = JSON.stringify((await admin(edge.url, `deliveries/shop/${one.id}/thanks?show=all`)).body);
      assert.ok(log.includes("SMTP") && !log.includes(LOGIN.password));
    });

    test("a mail that is sent again is recognisable", async () => {
      const one = await send({});
      await until(() => taken.length >= 2, "two mails", 40_000);
      await until(async () => (await states(one)).every(([state]) => state === "done"), "both to be done");
      const before = (await read(taken.find(({ to }) => to.length === 1))).headers["Message-ID"];
      taken.length = 0;
      await admin(edge.url, `leads/shop/${one.id}/replay`, { method: "POST", body: '{"destination":"thanks"}' });
      await until(() => taken.length === 1, "the mail again", 40_000);
      assert.equal((await read(taken[0])).headers["Message-ID"], before);
    });

    test("a recipient who is refused for ever ends the delivery, and one refused for now does not", async () => {
      refuse = 550;
      const one = await send({});
      await until(async () => (await states(one)).every(([state]) => state === "dead"), "the end", 40_000);
      assert.deepEqual(await states(one), [
        ["dead", 550, "refused"],
        ["dead", 550, "refused"],
      ]);
      refuse = 451;
      const two = await send({});
      const tried = async () =>
        (await deliveries(two)).every(({ attempts }) => attempts.some(({ status }) => status === 451));
      await until(tried, "the attempts", 40_000);
      assert.ok((await states(two)).every(([state]) => state === "due" || state === "leased"));
      assert.equal(taken.length, 0);
      refuse = undefined;
    });
  });
}

test("a wrong password parks the delivery with an alarm", async () => {
  const env = { SMTP_USER: LOGIN.user, SMTP_PASSWORD: "wrong", NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
  const edge = await start("node", { config: leadkit(), env });
  await post(edge.url, batch([item()]));
  const line = () => edge.lines.find((line) => line.includes('"event":"delivery"'));
  await until(line, "a line of the log", 40_000);
  const { state, status, level } = JSON.parse(line());
  assert.deepEqual([state, status, level], ["parked", 535, "alert"]);
  await edge.stop();
});

test("a server with a certificate that nobody vouches for gets nothing, and neither does one on this machine unless allowed", async () => {
  for (const [more, error] of [
    [{}, "network"],
    [{ LEADKIT_ALLOW_PRIVATE: "0", NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }, "address_refused"],
  ]) {
    taken.length = 0;
    const env = { SMTP_USER: LOGIN.user, SMTP_PASSWORD: LOGIN.password, ...more };
    const edge = await start("node", { config: leadkit(), env });
    await post(edge.url, batch([item()]));
    const line = () => edge.lines.find((line) => line.includes('"event":"delivery"'));
    await until(line, "a line of the log", 40_000);
    assert.equal(JSON.parse(line()).error, error);
    assert.equal(taken.length, 0);
    await edge.stop();
  }
});
