"""Asks Meta's and Google's own libraries for their hashes and writes tests/conformance/ads/identity.jsonl.

Each row is [kind, value, param-builder, business SDK, Data Manager utilities]; `null` is what a library drops or refuses, "="
in the last two is the same as the hash of the param-builder, "-" a kind that the library does not have. Rows before the marker
"other" are in the form that ISO or E.164 give; the rest shows where the libraries and Leadkit part.
"""
import json
import subprocess
import sys
from pathlib import Path

from facebook_business.adobjects.serverside.normalize import Normalize
from google.ads.datamanager_util.format import Encoding, Formatter

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]

FIELDS = {"email": "em", "phone": "ph", "name": "fn", "city": "ct", "postcode": "zp", "country": "country"}

EMAILS = """ada@example.com ada.lovelace@example.com ada+news@example.com a@b.co jörg@example.com x_y-z@sub.example.co.uk
o'hara@example.ie first.last@xn--mller-kva.de user%tag@example.org 1234567890@example.com a.b.c@gmail.com a.b+c@gmail.com
maxm@googlemail.com m.a.x+shop@googlemail.com info@example.museum a-b@ex-ample.com =weird=@example.com {a}@example.com
root@1.example.com very.long.local.part.of.an.address@very-long-host-name.example.com gmail.com@example.com a+b@gmail.example""".split()
FORMED = ["ADA@EXAMPLE.COM", " ada@example.com ", "Ada.Lovelace+X@GMAIL.com", "ada@exämple.de", "ada@@example.com", "ada@localhost",
  "a b@example.com", "@example.com", "ada@example", ".ada@example.com", "ada.@example.com", "...@gmail.com", "+x@gmail.com",
  "0" * 64, "f" * 32]
NAMES = """ada jörg müller o'hara anne-marie von der heide łukasz søren josé zoë ayşe 李 мария núñez d’arc smith-jones åsa žižek ñandú
çelik nguyễn dvořák straße αθηνά محمد 田中 김""".split() + ["van den berg", "anna maria", "maria da silva"]
CITIES = """berlin hamburg köln münchen zürich wien düsseldorf paris saint-denis são-paulo london newyork 's-hertogenbosch łódź kraków
malmö århus liège bruxelles a coruña""".split() + ["new york", "frankfurt am main", "bad homburg v. d. höhe", "san josé", "北京"]
POSTCODES = ["80331", "1010", "8001", "75008", "sw1a 1aa", "1012 ab", "l-1234", "pl-00-001", "94107-1234", "110 00", "d02 x285", "1050-115"]
OTHERS = {
    "phone": ["+49 30 123456", "0176 12345678", "+49 (0)30 123456", "004930123456", "+49 30/123456", "(212) 555-0100"],
    "name": ["Ada", "MÜLLER", " Jörg ", "Ada  Lovelace", "İpek", "ΣΟΦΟΣ", "Dr. Ada", "!"],
    "city": ["München", "Zürich ", "1st Town", "Łódź"],
    "postcode": ["SW1A 1AA", " 80331", "1", "PL-00-001"],
    "country": ["Germany", "Deutschland", "Österreich", "Schweiz", "DEU", "Uk", "D"],
}


def inputs():
    sample = (ROOT / "tests/phone/sample.tsv").read_text(encoding="utf-8").splitlines()
    numbers = sorted({row[2] for row in (line.split("\t") for line in sample) if len(row) > 5 and row[4] == "possible" and row[5] and row[2].startswith("+")})
    countries = subprocess.run(
        ["node", "-e", "process.stdout.write([...Array(676).keys()].map((n)=>String.fromCharCode(65+n/26,65+n%26)).filter((c)=>new Intl.DisplayNames('en',{type:'region',fallback:'none'}).of(c)&&!/[XQ]./.test(c)&&!['EU','EZ','UN','ZZ','AC','CP','DG','EA','IC','TA','CQ','UK','FX','SU','YU','CS','AN','BU','DD','DY','HV','NH','NT','RH','TP','VD','YD','ZR'].includes(c)).join(' '))"],
        capture_output=True, text=True, check=True).stdout.split()
    for kind, values in [("email", EMAILS), ("phone", numbers), ("name", NAMES), ("city", CITIES), ("postcode", POSTCODES), ("country", countries)]:
        for value in values:
            yield kind, value
    yield None
    for value in FORMED:
        yield "email", value
    for kind, values in OTHERS.items():
        for value in values:
            yield kind, value


def tried(function, *args):
    try:
        return function(*args)
    except Exception:
        return None


def business(kind, value):
    return tried(Normalize.normalize_field, FIELDS[kind], value)


def google(kind, value):
    formatter = Formatter()
    functions = {"email": formatter.process_email_address, "phone": formatter.process_phone_number, "name": formatter.process_given_name}
    if kind not in functions:
        return "-"
    return tried(functions[kind], value, Encoding.HEX)


def main():
    rows = list(inputs())
    asked = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows if row is not None)
    answer = subprocess.run(["node", HERE / "meta.mjs"], input=asked, capture_output=True, text=True, check=True).stdout
    built = iter(json.loads(line) for line in answer.splitlines())
    out = []
    for row in rows:
        if row is None:
            out.append('["other"]')
            continue
        meta = next(built)
        others = ["=" if other == meta and meta is not None else other for other in (business(*row), google(*row))]
        out.append(json.dumps([*row, meta, *others], ensure_ascii=False))
    target = ROOT / "tests/conformance/ads/identity.jsonl"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(out) + "\n", encoding="utf-8")
    print(f"{len(out) - 1} cases", file=sys.stderr)


main()
