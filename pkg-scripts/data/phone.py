#!/usr/bin/env python3
"""Generates the tables of the phone check from PyPI `phonenumbers`, a port of Google's libphonenumber metadata.

Run it from the top of the repository: it makes a virtual environment under .cache, installs the pinned version
and writes src/check/phone/core.bin and src/check/phone/formats.bin. `src/check/phone/table.rs` and `pattern.rs`
describe both files.
"""

import collections
import hashlib
import os
import re
import subprocess
import sys

VERSION = "9.0.43"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".cache", "phone-venv")
OUT = os.path.join(ROOT, "src", "check", "phone")


def ensure():
    """Starts this script again inside a virtual environment that has the pinned package."""
    python = os.path.join(VENV, "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        return
    if not os.path.exists(python):
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
        subprocess.check_call([python, "-m", "pip", "install", "-q", "phonenumbers==" + VERSION])
    os.execv(python, [python, *sys.argv])


# Bytes of a pattern. Single digits are ASCII digits; a frequent class is one byte from CLASS on, an index into the
# table of classes; a rare one is two bytes, the high bits of its mask and the low ones with the top bit set.
OPEN, MAYBE, CLOSE, OR = b"(", b"<", b")", b"|"
TAKE, TAKEN, END = b"{", b"}", b"$"
RANGE, COUNT, CLASS, CLASSES = 0x40, 0x60, 0x80, 100

# Bytes that begin a record and the fields of it. A type's tag gives its place in the order in which types are tried.
TAGS = ["general", "lengths", "local", "idd", "prefix", "transform", "leading"]
TYPES = ["premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
         "both", "fixed_line", "mobile"]
RECORD = b"\x08"
TAG = {name: 0x09 + i for i, name in enumerate(TAGS + TYPES)}

TOKEN = re.compile(r"\\d|\[[^]]*\]|\{[^}]*\}|\d|\(\?:|\(|\)|\||\?|\$|.")


class Pattern:
    """A pattern of the metadata as a tree: alternatives of sequences of items."""

    def __init__(self, text, take=0):
        self.tokens, self.at, self.take, self.groups = TOKEN.findall(text), 0, take, 0
        self.tree = self.alternatives()
        assert self.at == len(self.tokens), text

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def alternatives(self):
        out = [self.sequence()]
        while self.peek() == "|":
            self.next()
            out.append(self.sequence())
        return out

    def sequence(self):
        out = []
        while self.peek() not in (None, "|", ")"):
            token = self.next()
            if token in ("(?:", "("):
                if token == "(":
                    self.groups += 1
                captured = token == "(" and self.groups == self.take
                item = ("group", self.alternatives(), captured)
                assert self.next() == ")"
            elif token == "$":
                item = ("end",)
            elif token == "\\d":
                item = ("any", 1, 1)
            else:
                item = ("class", mask(token))
            if self.peek() == "?":
                self.next()
                item = ("any", 0, 1) if item[0] == "any" else ("maybe", item)
            elif self.peek() and self.peek()[0] == "{":
                low, _, high = self.next()[1:-1].partition(",")
                times = int(low), int(high or low)
                if item[0] == "any":
                    item = ("any", *times)
                else:
                    assert times[0] == times[1], "only a digit may repeat a varying number of times"
                    out += [item] * (times[0] - 1)
            if item[0] == "any" and out and out[-1][0] == "any":
                last = out.pop()
                item = ("any", last[1] + item[1], last[2] + item[2])
            out.append(item)
        return out


def mask(token):
    """The digits of `5` or `[0-24]` as bits."""
    bits = 0
    for low, high in re.findall(r"(\d)(?:-(\d))?", token):
        for digit in range(int(low), int(high or low) + 1):
            bits |= 1 << digit
    return bits


class Writer:
    """Turns patterns into bytes; the classes that are used most are counted in a first pass."""

    def __init__(self, common=()):
        self.common = {bits: i for i, bits in enumerate(common)}
        self.seen = collections.Counter()

    def pattern(self, text, take=0):
        return self.alternatives(Pattern(text, take).tree)

    def alternatives(self, tree):
        return OR.join(b"".join(self.item(item) for item in sequence) for sequence in tree)

    def item(self, item):
        kind = item[0]
        if kind == "class":
            return self.digits(item[1])
        if kind == "any":
            low, high = item[1:]
            return bytes([COUNT + low]) if low == high else bytes([RANGE + low, COUNT + high - low])
        if kind == "end":
            return END
        if kind == "maybe":
            inner = item[1]
            body = self.alternatives(inner[1]) if inner[0] == "group" else self.item(inner)
            if inner[0] == "group" and inner[2]:
                body = TAKE + (OPEN + body + CLOSE if len(inner[1]) > 1 else body) + TAKEN
            return MAYBE + body + CLOSE
        _, tree, captured = item
        body = self.alternatives(tree)
        if captured:
            return TAKE + (OPEN + body + CLOSE if len(tree) > 1 else body) + TAKEN
        return OPEN + body + CLOSE

    def digits(self, bits):
        if bits & (bits - 1) == 0:
            return b"%d" % (bits.bit_length() - 1)
        self.seen[bits] += 1
        if bits in self.common:
            return bytes([CLASS + self.common[bits]])
        return bytes([bits >> 7, bits & 127 | 128])


def lengths(numbers):
    """A set of lengths as the pattern of all digit strings of these lengths."""
    runs = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "|".join("\\d{%d,%d}" % (low, high) for low, high in runs)


def reach(tree):
    """All lengths that a tree matches."""
    out = set()
    for sequence in tree:
        ends = {0}
        for item in sequence:
            if item[0] == "any":
                steps = range(item[1], item[2] + 1)
            elif item[0] == "class":
                steps = [1]
            elif item[0] == "maybe":
                inner = item[1]
                steps = {0} | (reach(inner[1]) if inner[0] == "group" else {1})
            else:
                steps = reach(item[1])
            ends = {end + step for end in ends for step in steps}
        out |= ends
    return out


def regions():
    """(calling code, region, metadata), the main region of each code first."""
    from phonenumbers import PhoneMetadata
    from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

    for code in sorted(COUNTRY_CODE_TO_REGION_CODE):
        for region in COUNTRY_CODE_TO_REGION_CODE[code]:
            yield code, region, PhoneMetadata.metadata_for_region_or_calling_code(code, region)


def record(writer, data):
    """The fields of one region, each with its tag."""
    fields = []

    def put(tag, body):
        fields.append(bytes([TAG[tag]]) + body)

    general = data.general_desc
    put("lengths", writer.pattern(lengths(general.possible_length)))
    if general.possible_length_local_only:
        put("local", writer.pattern(lengths(general.possible_length_local_only)))
    if data.leading_digits:
        put("leading", writer.pattern(data.leading_digits))
    if data.international_prefix:
        put("idd", writer.pattern(data.international_prefix))
    if data.national_prefix_for_parsing:
        rule = data.national_prefix_transform_rule or ""
        take = re.compile(data.national_prefix_for_parsing).groups if rule else 0
        put("prefix", writer.pattern(data.national_prefix_for_parsing, take))
        if rule:
            before, found = re.fullmatch(r"(\d*)\\(\d)", rule).groups()
            assert int(found) == take
            put("transform", before.encode())
    put("general", writer.pattern(general.national_number_pattern))
    for name in TYPES:
        source = "fixed_line" if name == "both" else name
        if data.same_mobile_and_fixed_line_pattern != (name == "both") and source in ("fixed_line", "mobile"):
            continue
        desc = getattr(data, source)
        if desc is None:
            continue
        pattern = desc.national_number_pattern
        assert desc.possible_length
        assert reach(Pattern(pattern).tree) <= set(desc.possible_length), (data.id, name)
        assert set(desc.possible_length) <= set(general.possible_length)
        put(name, writer.pattern(pattern))
    return b"".join(fields)


def core(writer):
    """The table that the check needs: see `table.rs`."""
    ids, codes, records, last = b"", b"", b"", 0
    for code, region, data in regions():
        ids += b"ZZ" if region == "001" else region.encode()
        while code - last > 255:
            raise AssertionError("calling codes are too far apart")
        codes += bytes([code - last])
        last = code
        records += RECORD + record(writer, data)
    return ids, codes, records


# Tags of the formats. A format begins with FORMAT and a byte of flags; see `format.rs`.
FORMAT, LEADING, ABROAD, EXTENSION, LISTED = (bytes([tag]) for tag in range(0x09, 0x0E))
RULES = [None, "0\\1", "(0\\1)", "(\\1)", "8 (\\1)", "8 \\1", "0 \\1", "(0-\\1)", "8 0\\1", "(06 \\1)", "(8 \\1)",
         "06 \\1"]


def shape(pattern, template):
    """The groups of a format in order, as counts of digits with the text between them; a space is left out."""
    counts = re.findall(r"\(\\d(?:\{(\d+)(?:,(\d+))?\})?\)", pattern)
    assert "".join("(\\d%s)" % ("{%s%s}" % (low, high and "," + high) if low else "") for low, high in counts) == pattern
    assert sum(bool(high) for _, high in counts) <= 1, "only one group may vary"
    used = [int(group) for group in re.findall(r"\\(\d)", template)]
    assert used == list(range(used[0], len(counts) + 1)), template
    out = b"".join(b"!" + bytes([COUNT + int(low or 1)]) for low, _ in counts[:used[0] - 1])
    parts = re.split(r"\\\d", template)
    assert parts[-1] == ""
    for at, ((low, high), before) in enumerate(zip(counts[used[0] - 1:], parts)):
        low = int(low or 1)
        if before != (" " if at else ""):
            out += before.encode()
        out += bytes([RANGE + low, COUNT + int(high) - low]) if high else bytes([COUNT + low])
    return out


def formats(writer):
    """The formats of the main region of each calling code, in the order of the codes."""
    out, last = b"", 0
    for code, _, data in regions():
        if code == last:
            continue
        last = code
        out += RECORD
        if data.preferred_extn_prefix:
            out += EXTENSION + data.preferred_extn_prefix.encode()
        abroad = list(data.intl_number_format or [])
        if abroad:
            out += LISTED
        for entry in data.number_format or []:
            key = entry.pattern, entry.leading_digits_pattern
            same = bool(abroad) and (abroad[0].pattern, abroad[0].leading_digits_pattern) == key
            flags = (RULES.index(entry.national_prefix_formatting_rule) << 3
                     | bool(entry.national_prefix_optional_when_formatting) << 2
                     | (entry.domestic_carrier_code_formatting_rule is not None) << 1
                     | (same or not data.intl_number_format))
            out += FORMAT + bytes([0x80 | flags]) + shape(entry.pattern, entry.format)
            for leading in entry.leading_digits_pattern:
                out += LEADING + writer.pattern(leading)
            if same:
                other = abroad.pop(0)
                assert other.national_prefix_formatting_rule is None
                if other.format != entry.format:
                    out += ABROAD + shape(other.pattern, other.format)
        assert not abroad, "a format for abroad has none at home"
    return out + RECORD


def main():
    ensure()
    import phonenumbers

    assert phonenumbers.__version__ == VERSION, phonenumbers.__version__
    first = Writer()
    core(first)
    common = [bits for bits, _ in first.seen.most_common(CLASSES)]
    ids, codes, records = core(Writer(common))
    classes = b"".join(bytes([bits >> 8, bits & 255]) for bits in common)
    blobs = {"core.bin": bytes([len(codes), len(common)]) + ids + codes + classes + records + RECORD,
             "formats.bin": formats(Writer(common))}
    stamp = hashlib.sha256(blobs["core.bin"]).digest()[:4]
    blobs["formats.bin"] = stamp + blobs["formats.bin"]
    blobs["core.bin"] = stamp + blobs["core.bin"]
    for name, blob in blobs.items():
        with open(os.path.join(OUT, name), "wb") as file:
            file.write(blob)
        print(name, len(blob))


if __name__ == "__main__":
    main()
