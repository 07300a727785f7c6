"""Compares VAT numbers, tax numbers and IBAN with python-stdnum, on random, valid and damaged numbers of every country.

Usage: pkg-scripts/data/checks/setup && .cache/checks/venv/bin/python pkg-scripts/data/checks/compare_numbers.py [--sample]
--sample also writes tests/conformance/check/{vat,tax_id,iban}.json.
"""
import random, sys
from importlib import import_module
from importlib.metadata import version
from stdnum import iban, numdb
from native import native, write_sample

random.seed(1)
# d digit, l letter, x either; by country the forms that its numbers take.
FORMS = {
    "AT": ["Udddddddd"], "BE": ["dddddddddd", "0ddddddddd", "1ddddddddd", "ddddddddd"], "BG": ["ddddddddd", "dddddddddd", "80dddddddd", "6502dddddd"],
    "CY": ["ddddddddl"], "CZ": ["dddddddd", "ddddddddd", "6dddddddd", "dddddddddd", "8051dddddd", "640903ddd"], "DE": ["ddddddddd"], "DK": ["dddddddd"],
    "EE": ["ddddddddd"], "EL": ["ddddddddd", "dddddddd"], "ES": ["lddddddddd"[:9], "lddddddd" + "l", "ddddddddl"], "FI": ["dddddddd"],
    "FR": ["ddddddddddd", "xxddddddddd", "ld000dddddd"], "GB": ["ddddddddd", "dddddddddddd", "GDddd", "HAddd", "GD8888ddddd", "HA8888ddddd"],
    "XI": ["ddddddddd", "0dddddddd"], "HR": ["ddddddddddd"], "HU": ["dddddddd"], "IE": ["dddddddl", "dddddddll", "dldddddl", "d+dddddl", "d*dddddl"],
    "IT": ["ddddddddddd", "ddddddd001d", "ddddddd01dd"], "LT": ["dddddddd", "ddddddd1d", "dddddddddddd", "dddddddddd1d"], "LU": ["dddddddd"],
    "LV": ["ddddddddddd", "4dddddddddd", "1510dd1dddd", "32ddddddddd"], "MT": ["dddddddd"], "NL": ["dddddddddBdd", "dddddddBdd"],
    "PL": ["dddddddddd"], "PT": ["ddddddddd"], "RO": ["dddddddd", "dddddd", "dddddddddd", "18507ddddddd" + "d", "1850712ddddd" + "d"], "SE": ["dddddddddd01"],
    "SI": ["dddddddd"], "SK": ["dddddddddd", "2d2ddddddd", "8051dddddd"], "CH": ["EdddddddddMWST", "EdddddddddTVA", "EdddddddddXYZ"], "NO": ["dddddddddMVA"],
}
MODULES = {"CH": "stdnum.ch.vat", "NO": "stdnum.no.mva", "EL": "stdnum.gr.vat", "XI": "stdnum.gb.vat", "GB": "stdnum.gb.vat"}


def oracle(country):
    return import_module(MODULES.get(country, "stdnum.eu.vat")).is_valid


def fill(form):
    kinds = {"d": "0123456789", "l": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "x": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return "".join(random.choice(kinds.get(sign, sign)) for sign in form)


def damaged(text, start):
    at = random.randrange(start, len(text))
    kind = random.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1:]
    if kind == 1:
        return text[:at] + random.choice("0123456789AZ") + text[at:]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    return text[:at] + random.choice("0123456789ABCXYZ") + text[at + 1:]


def vat_rows():
    rows = []
    for country, forms in FORMS.items():
        is_valid = oracle(country)
        for form in forms:
            valid = []
            for _ in range(60_000):
                text = country + fill(form)
                if len(rows) % 1 == 0 and is_valid(text):
                    valid.append(text)
                if len(valid) >= 60:
                    break
            for text in valid:
                rows.append((country, text))
                rows += [(country, damaged(text, 2)) for _ in range(3)]
            rows += [(country, country + fill(form)) for _ in range(60)]
    return [(country, text, oracle(country)(text)) for country, text in rows]


# By country: the forms of the numbers that are no VAT numbers, and the modules that judge them.
TAX = {
    "AT": (["ddddddddd", "03ddddddd", "46ddddddd", "98ddddddd"], ["at.tin"]),
    "DE": (["dddddddddd", "ddddddddddd", "2ddd0dddddddd", "5ddd0dddddddd", "11dd0dddddddd", "ddddddddddddd"], ["de.stnr", "de.idnr", "de.vat"]),
    "EE": (["1ddddddd", "7ddddddd", "8ddddddd", "9ddddddd", "dddddddd"], ["ee.registrikood", "ee.kmkr"]),
    "FR": (["ddddddddd", "356000000ddddd", "35600000000048", "dddddddddddddd"], ["fr.siren", "fr.siret", "fr.tva"]),
    "GB": (["dddddddddd"], ["gb.utr", "gb.vat"]),
    "IT": (["llllllddAddldddl", "llllllddTddldddl", "lllllldLMdMlNddl", "llllll8dLddlPddl"], ["it.codicefiscale"]),
    "NL": (["ddddddddd"], ["nl.bsn", "nl.btw"]),
    "PL": (["ddddddddd", "dddddddddddddd"], ["pl.regon", "pl.nip"]),
    "SE": (["dddddddddd", "55dddddddd"], ["se.orgnr", "se.vat"]),
    "SI": (["ddddddd", "ddddddd000", "dddddddddd"], ["si.maticna", "si.ddv"]),
}


def tax_rows():
    rows = []
    for country, (forms, names) in TAX.items():
        modules = [import_module("stdnum." + name) for name in names]
        # What damage made shorter or longer is judged only where the country has such a number.
        judge = lambda text: any(module.is_valid(text) for module in modules)
        for form in forms:
            valid = []
            for _ in range(60_000):
                text = fill(form)
                if judge(text):
                    valid.append(text)
                if len(valid) >= 100:
                    break
            texts = valid + [damaged(text, 0) for text in valid for _ in range(3)] + [fill(form) for _ in range(100)]
            rows += [(country, text, judge(text)) for text in texts]
    return rows


def iban_rows():
    rows = []
    banks = [line.split('"')[0].split()[0] for line in open(import_module("stdnum.be").__path__[0] + "/banks.dat") if line[:1].isdigit()]
    for line in open(iban.__file__.replace("iban.py", "iban.dat")):
        if line.startswith("#") or 'bban="' not in line:
            continue
        country, structure = line[:2], line.split('bban="')[1].split('"')[0]
        for _ in range(60 if country not in ("ES", "NO", "ME") else 4000):
            signs = ""
            for part in structure.replace("!", "").replace("n", "n ").replace("a", "a ").replace("c", "c ").split():
                signs += fill({"n": "d", "a": "l", "c": "x"}[part[-1]] * int(part[:-1]))
            if country == "BE":
                bank = random.choice(banks)[:3]
                signs = bank + signs[3:10]
                signs += f"{int(signs) % 97 or 97:02}"
            text = country + "00" + signs
            text = country + iban.calc_check_digits(text) + signs
            if country in ("ES", "NO", "ME") and not iban.is_valid(text) and random.random() > 0.02:
                continue
            rows += [text] + [damaged(text, 0) for _ in range(2)]
    # The list of Belgian banks is not part of the check: it changes, and a new bank is no error.
    return [(text, iban.is_valid(text)) for text in rows if not (text.startswith("BE") and iban.is_valid(text, check_country=False) and not iban.is_valid(text))]


def compare(name, lines, expected):
    answers = native(lines)
    differing = [(line["value"], want, got) for line, want, got in zip(lines, expected, answers) if got["ok"] != want]
    agree = 100 * (1 - len(differing) / len(lines))
    print(f"{name}: {len(lines)} numbers, {sum(expected)} of them valid, agreement {agree:.3f} %")
    for value, want, got in differing[:25]:
        print("  ", value, "stdnum", want, "leadkit", got["ok"], got["problem"])
    return answers


vats = vat_rows()
compare("VAT", [{"kind": "vat", "value": text} for _, text, _ in vats], [valid for *_, valid in vats])
taxes = tax_rows()
compare("tax numbers", [{"kind": "tax_id", "country": country, "value": text} for country, text, _ in taxes], [valid for *_, valid in taxes])
ibans = iban_rows()
compare("IBAN", [{"kind": "iban", "value": text} for text, _ in ibans], [valid for _, valid in ibans])
by_country = {}
for country, _, valid in vats:
    by_country.setdefault(country, [0, 0])[valid] += 1
print("wrong and valid by country", by_country)
if "--sample" in sys.argv:
    source = f"python-stdnum {version('python-stdnum')} on numbers of our own"
    write_sample("vat", source, cases=[{"value": text, "valid": valid} for _, text, valid in vats[:: len(vats) // 450]])
    write_sample("tax_id", source, cases=[{"country": country, "value": text, "valid": valid} for country, text, valid in taxes[:: len(taxes) // 400]])
    write_sample("iban", source, cases=[{"value": text, "valid": valid} for text, valid in ibans[:: len(ibans) // 300]])
