#!/usr/bin/env python3
"""Compares the phone check with PyPI `phonenumbers`, the oracle, on a large seeded corpus.

    tests/phone/oracle.py            exact inputs, Google's own test inputs and noisy spellings; fails on a difference
    tests/phone/oracle.py sample     also writes tests/phone/sample.tsv and typing.tsv, which plain `cargo test` reads

Every input goes through the example `phone_rows`; its answer must be the row that `row` makes from the oracle.
"""

import collections
import json
import os
import random
import re
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "pkg-scripts", "data"))
import phone as tables  # noqa: E402

SEED = 20261122
SAMPLE = 2000
TYPES = [name for name in tables.TYPES if name != "both"]
ERRORS = ["phone.country", "phone.syntax", "phone.too_short", "phone.too_short", "phone.too_long"]


def row(lib, text, country):
    """What the oracle says, in one line."""
    try:
        number = lib.parse(text, country or None)
    except lib.NumberParseException as error:
        return "!" + ERRORS[error.error_type]
    form = lib.PhoneNumberFormat
    kind = lib.PhoneNumberType.to_string(lib.number_type(number)).lower()
    length = ["possible", "country", "too_short", "too_long", "local", "wrong"][
        lib.is_possible_number_with_reason(number)]
    # The oracle keeps the digits of an extension as they were typed; ours come out in ASCII like all others.
    extension = lib.normalize_digits_only(number.extension) if number.extension else ""
    number.extension = extension or None
    assert lib.is_valid_number(number) == (kind != "unknown")
    return "\t".join([
        lib.format_number(number, form.E164), extension, length, "" if kind == "unknown" else kind,
        lib.region_code_for_number(number) or "",
        lib.format_number(number, form.NATIONAL), lib.format_number(number, form.INTERNATIONAL)])


def shown(lib, text, country):
    """What the oracle's formatter shows after each character."""
    typing = lib.AsYouTypeFormatter(country or "ZZ")
    return "|".join(typing.input_digit(c) for c in text)


def matching(rng, tree):
    """A random string that a pattern matches."""
    out = ""
    for item in rng.choice(tree):
        if item[0] == "any":
            out += "".join(rng.choice("0123456789") for _ in range(rng.randint(item[1], item[2])))
        elif item[0] == "class":
            out += rng.choice([str(digit) for digit in range(10) if item[1] >> digit & 1])
        elif item[0] == "group":
            out += matching(rng, item[1])
        elif item[0] == "maybe" and rng.random() < 0.5:
            out += matching(rng, [[item[1]]])
    return out


class Corpus:
    """All inputs, as (kind, country, text)."""

    def __init__(self, lib):
        self.lib, self.rng, self.rows = lib, random.Random(SEED), []
        self.regions = [(code, region, data) for code, region, data in tables.regions()]
        self.places = [region for _, region, _ in self.regions if region != "001"]
        self.examples = []
        for code, region, data in self.regions:
            for name in TYPES:
                desc = getattr(data, name)
                if desc is not None and desc.example_number:
                    self.examples.append((code, region, desc.example_number))

    def add(self, kind, country, text):
        if "\t" not in text and "\n" not in text and "\r" not in text:
            self.rows.append((kind, country, text))

    def country(self, region):
        return "" if region == "001" else region

    def forms(self, code, region, national):
        lib, form, rng = self.lib, self.lib.PhoneNumberFormat, self.rng
        country = self.country(region)
        number = lib.parse("+%d%s" % (code, national), None)
        e164, inter, local, rfc = (lib.format_number(number, kind) for kind in
                                   (form.E164, form.INTERNATIONAL, form.NATIONAL, form.RFC3966))
        yield country, e164
        yield country, inter
        yield country, local
        yield country, national
        yield country, rfc
        abroad = rng.choice(self.places)
        idd = lib.PhoneMetadata.metadata_for_region(abroad).international_prefix
        yield abroad, matching(rng, tables.Pattern(idd).tree) + " " + inter[1:]
        yield country, "%s %s %d" % (local, rng.choice(["ext.", "x", "#", "ext", "extension"]), rng.randint(1, 9999))
        yield country, e164[1:]
        yield country, "+%d (0) %s" % (code, national)
        yield rng.choice(self.places), e164
        yield "", e164

    def exact(self, matches=24, mutations=3, digits=20000):
        """Examples in all forms, matches of all patterns, mutations and random digits."""
        rng = self.rng
        for code, region, national in self.examples:
            for country, text in self.forms(code, region, national):
                self.add("example", country, text)
                for _ in range(mutations):
                    at, digit = rng.randrange(len(text)), rng.choice("0123456789")
                    change = rng.choice([digit, "", text[at] + digit])
                    self.add("mutation", country, text[:at] + change + text[at + 1:])
        for code, region, data in self.regions:
            for name in TYPES + ["general_desc"]:
                desc = getattr(data, name)
                if desc is None:
                    continue
                tree = tables.Pattern(desc.national_number_pattern).tree
                for _ in range(matches):
                    national = matching(rng, tree)
                    prefix = rng.choice(["+%d" % code, "+%d " % code, "%d" % code, "", "", data.national_prefix or "0"])
                    self.add("match", self.country(region), prefix + national)
        for _ in range(digits):
            text = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 19)))
            self.add("digits", rng.choice(self.places), rng.choice(["", "", "+", "0", "00", "1"]) + text)

    def noisy(self, count=20000):
        """Numbers as people write them."""
        rng, lib, form = self.rng, self.lib, self.lib.PhoneNumberFormat
        wide = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}
        arabic = {ord(digit): 0x660 + int(digit) for digit in "0123456789"}
        letters = "ADGJMPTW"
        labels = ["ext.", "Ext", "x", "X", "#", "extension", "extensión", "доб.", "anexo", "int", "int.", ",", ",,", ";",
                  ";ext=", "Durchwahl", "-", "ｅｘｔ", "доб", "poste", "EXTN", "~", "Apparat", "ramal", "tel", "w"]
        before = ["Tel: ", "Tel. ", "phone ", "call me: ", "☎ ", "Mobil ", "T ", "tel:", "(", "#", "*", "„", "fax/", "＋", "",
                  "Nr. ", "电话：", "тел. ", "a", "☏", "'", "\""]
        after = [" (Büro)", " office", ", ask for Bob", ".", " ", "!", " evenings", " - home", "\"", " …", "；", " (work)", "/",
                 " after 5 pm", " abends", "）", "。", " ☎", "' ", "_", " #", "日本", "a", " ext", ",", "\u00a0", "é"]
        for _ in range(count):
            code, region, national = rng.choice(self.examples)
            country = self.country(region)
            number = lib.parse("+%d%s" % (code, national), None)
            style = rng.choice([form.E164, form.INTERNATIONAL, form.NATIONAL, form.NATIONAL, form.RFC3966])
            text = lib.format_number(number, style)
            for _ in range(rng.randint(1, 3)):
                way = rng.randrange(16)
                if way == 0:
                    text = re.sub("[ -]", lambda _: rng.choice([" ", ".", "/", "-", "  ", " - ", "\u00a0", "–", "·", "", "_"]), text)
                elif way == 1:
                    text = "+" + text if text.startswith("+") else text.replace(" ", "", 1)
                elif way == 2 and text.startswith("+"):
                    text = rng.choice(["+00", "00", "+ ", "(+", "＋", "+0", "0", "++ "]) + text[1:]
                elif way == 3:
                    at = rng.randrange(len(text) + 1)
                    text = text[:at] + rng.choice(" .-/()~*,;:+#[]_") + text[at:]
                elif way == 4:
                    text = text.translate(rng.choice([wide, arabic]))
                elif way == 5:
                    places = [at for at, c in enumerate(text) if c.isdigit() and c.isascii() and c in "23456789"][3:]
                    rng.shuffle(places)
                    for at in places[:rng.randint(1, 6)]:
                        text = text[:at] + rng.choice([letters, letters.lower()])[int(text[at]) - 2] + text[at + 1:]
                elif way == 6:
                    text = rng.choice(before) + text
                elif way == 7:
                    text += rng.choice(after)
                elif way == 8:
                    other = rng.choice(self.examples)[2]
                    text += rng.choice([" / ", "/", "; ", ", ", " or ", " oder ", " & ", " x", "/x", "\\", " / x"]) + other
                elif way in (9, 10):
                    space = rng.choice(["", " "])
                    text += space + rng.choice(labels) + rng.choice(["", " "]) + "".join(
                        rng.choice("0123456789") for _ in range(rng.choice([1, 2, 3, 4, 5, 7, 10])))
                    text += rng.choice(["", "", "", "#"])
                elif way == 11:
                    text = re.sub(r"(\d{2,4})", r"(\1)", text, count=1)
                elif way == 12 and text.startswith("+%d" % code):
                    text = "+%d%s(0)%s%s" % (code, rng.choice(["", " "]), rng.choice(["", " "]), text[1 + len(str(code)):])
                elif way == 13:
                    context = rng.choice(["+%d" % code, "example.com", "+", "", "1-2", "+49-30", "a.b.", "a..b"])
                    text = rng.choice(["tel:", "", "x"]) + text + rng.choice([";phone-context=", ";isub=12;phone-context="]) + context
                    text += rng.choice(["", ";isub=7", ";ext=12"])
                elif way == 14:
                    text = " ".join(text.replace(" ", ""))
                elif way == 15:
                    text = rng.choice(["0", "00", "1", "8", "(0)", "9"]) + text
            self.add("noisy", rng.choice([country, country, country, rng.choice(self.places), ""]), text)

    def typing(self, count=12000):
        """Digits as they are typed: (country, text)."""
        rng, rows = self.rng, []
        for code, region, national in self.examples:
            forms = list(self.forms(code, region, national))
            for at in (0, 2, 3, 5, 7):
                country, text = forms[at]
                rows.append((country, "".join(c for c in text if c in "+0123456789")))
        for _ in range(count):
            text = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 17)))
            rows.append((rng.choice(self.places + [""]), rng.choice(["", "", "+", "0", "00", "1"]) + text))
        for _ in range(count // 10):
            text = "".join(rng.choice("0123456789 -+#") for _ in range(rng.randint(1, 12)))
            rows.append((rng.choice(self.places), text))
        return rows

    def google(self):
        """All texts that Google's unit tests of the number library parse, as their port runs them."""
        cache = os.path.join(ROOT, ".cache", "phone-sdist")
        source = os.path.join(cache, "phonenumbers-" + tables.VERSION)
        if not os.path.exists(source):
            subprocess.check_call([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:",
                                   "-d", cache, "phonenumbers==" + tables.VERSION])
            with tarfile.open(source + ".tar.gz") as archive:
                archive.extractall(cache, filter="data")
        recorded = subprocess.run([sys.executable, "-c", RECORD], cwd=source, capture_output=True, text=True, check=True)
        seen = set()
        for text, region in json.loads(recorded.stdout):
            if (text, region) not in seen:
                seen.add((text, region))
                self.add("google", region, text)


# Runs the unit tests with a parser that notes what it is given. They load metadata of their own, hence the process.
RECORD = """
import json, sys, unittest
import phonenumbers
from phonenumbers import phonenumberutil
seen, parse = [], phonenumberutil.parse
def note(number, region=None, *rest, **more):
    if isinstance(number, str):
        seen.append((number, region or ""))
    return parse(number, region, *rest, **more)
phonenumbers.parse = phonenumberutil.parse = note
from tests import phonenumberutiltest
suite = unittest.defaultTestLoader.loadTestsFromModule(phonenumberutiltest)
unittest.TextTestRunner(stream=sys.stderr).run(suite)
json.dump(seen, sys.stdout)
"""


def answers(rows, *words):
    """What our own code says, line by line."""
    binary = subprocess.check_output(
        ["cargo", "build", "-q", "--release", "--example", "phone_rows", "--message-format=json"], cwd=ROOT, text=True)
    path = re.findall(r'"executable":"([^"]+)"', binary)[-1]
    text = "".join("%s\t%s\n" % (country, text) for country, text in rows)
    done = subprocess.run([path, *words], input=text, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.split("\n")[:-1]


def main():
    tables.ensure()
    import phonenumbers as lib

    corpus = Corpus(lib)
    corpus.exact()
    corpus.google()
    corpus.noisy()
    typed = corpus.typing()
    expected = [row(lib, text, country) for _, country, text in corpus.rows]
    got = answers([(country, text) for _, country, text in corpus.rows])
    shown_expected = [shown(lib, text, country) for country, text in typed]
    shown_got = answers(typed, "typing")
    total, wrong = collections.Counter(), collections.Counter()

    def compare(kind, country, text, want, have):
        total[kind] += 1
        if want != have:
            wrong[kind] += 1
            if wrong[kind] <= 12:
                print("%s %r %r\n  oracle %r\n  ours   %r" % (kind, country, text, want, have))

    for (kind, country, text), want, have in zip(corpus.rows, expected, got, strict=True):
        compare(kind, country, text, want, have)
    for (country, text), want, have in zip(typed, shown_expected, shown_got, strict=True):
        compare("typing", country, text, want, have)
    for kind in total:
        print("%-9s %7d inputs, %d differences" % (kind, total[kind], wrong[kind]))
    exact = sum(count for kind, count in wrong.items() if kind not in ("noisy", "google"))
    failed = exact > 0 or wrong["google"] > 1 or wrong["noisy"] * 200 > total["noisy"]
    if sys.argv[1:] == ["sample"]:
        google = [at for at, entry in enumerate(corpus.rows) if entry[0] == "google"]
        some = random.Random(SEED).sample(range(len(expected)), SAMPLE - len(google))
        write("sample.tsv", ((corpus.rows[at][1:], expected[at]) for at in sorted({*some, *google})
                             if expected[at] == got[at]))
        write("typing.tsv", zip(typed[::100], shown_expected[::100]))
    sys.exit(1 if failed else 0)


def write(name, rows):
    """Writes inputs and what the oracle says into a committed file."""
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        for entry, want in rows:
            file.write("\t".join([*entry, want]) + "\n")


if __name__ == "__main__":
    main()
