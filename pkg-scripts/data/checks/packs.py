"""Writes src/check/pack/{disposable,free}.pack and index.json. Usage: .cache/checks/venv/bin/python packs.py (after setup)

The layout is told in src/check/pack/mod.rs. The seed is the first for which no host of the allow-list is hit.
"""
import hashlib, json, pathlib, re, struct
from importlib.metadata import version
from disposable_email_domains import blocklist

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NPM = ROOT / ".cache/checks/node_modules"
OUT = ROOT / "src/check/pack"
MASK = (1 << 64) - 1
# Bits of a print, and the part of the hosts that has the last of them: fewer false hits than the promised one in 1024.
DISPOSABLE_BITS = 11, 0.2
# The list is small and a false hit takes points from a business, so a rarer one.
FREE_BITS = 14, 1
WIDTH = 128
# Hosts of email-providers/common.json that give no mailboxes or serve as examples.
NOT_MAIL = set("""example.com test.com test.de yourdomain.com mydomain.com www.com name.com mail-tester.com facebook.com
about.com ancestry.com techspot.com space.com discovery.com medscape.com alibaba.com kansascity.com casino.com berlin.de
law.com geek.com nus.edu.sg unican.es dynu.net ddnsfree.com dnsmadeeasy.com telstra.com singpost.com go.com ny.com
games.com barcelona.com beer.com sci.fi garbage.com homestead.com parrot.com dailypioneer.com islamonline.net""".split())


def mixed(h):
    h &= MASK
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & MASK
    h = (h ^ h >> 27) * 0x94D049BB133111EB & MASK
    return h ^ h >> 31


def equation(host, seed, places, bits):
    """Where the rows of a host begin, which it needs, and what they have to give."""
    h = 0xCBF29CE484222325 ^ seed
    for byte in host.encode():
        h = (h ^ byte) * 0x100000001B3 & MASK
    return (mixed(h) >> 32) * places >> 32, mixed(h + 1) << 64 | mixed(h + 2) | 1, mixed(h + 3) & (1 << bits) - 1


def solve(hosts, seed, count, bits):
    """Rows that fulfil the equations of all hosts, by Gaussian elimination in the band; None where they contradict."""
    needed, wanted = [0] * count, [0] * count
    for host in hosts:
        at, rows, value = equation(host, seed, count - WIDTH + 1, bits)
        while rows and needed[at]:
            rows ^= needed[at]
            value ^= wanted[at]
            if rows:
                zeros = (rows & -rows).bit_length() - 1
                rows >>= zeros
                at += zeros
        if rows:
            needed[at], wanted[at] = rows, value
        elif value:
            return None
    solution = [0] * count
    for at in range(count - 1, -1, -1):
        value, rows, row = wanted[at], needed[at] >> 1, at + 1
        while rows:
            if rows & 1:
                value ^= solution[row]
            rows, row = rows >> 1, row + 1
        solution[at] = value
    return solution


def hits(host, solution, seed, count, bits, last):
    at, rows, value = equation(host, seed, count - WIDTH + 1, bits)
    mask = (1 << bits if at + WIDTH <= last else 1 << bits - 1) - 1
    while rows:
        if rows & 1:
            value ^= solution[at]
        rows, at = rows >> 1, at + 1
    return value & mask == 0


def encode(hosts, size, allow):
    hosts = sorted(hosts)
    bits, part = size
    for seed in range(1, 10_000):
        # A few rows more than equations, and more of them the longer no seed does.
        count = len(hosts) + WIDTH - 1 + len(hosts) * (40 + seed) // 10_000
        last = int(count * part)
        solution = solve(hosts, seed, count, bits)
        if solution and not any(hits(host, solution, seed, count, bits, last) for host in allow):
            break
    else:
        raise SystemExit("no seed spares the allow-list")
    columns = [row >> column & 1 for column in range(bits) for row in solution]
    columns = columns[:len(columns) - count + last]
    body = sum(bit << at for at, bit in enumerate(columns)).to_bytes((len(columns) + 7) // 8, "little")
    return b"LKP2" + struct.pack("<BIIII", bits, len(hosts), count, last, seed) + body


def words(name):
    text = (HERE / name).read_text()
    return {word for line in text.splitlines() if not line.startswith("#") for word in line.split()}


def mailboxes():
    source = (ROOT / "src/check/email/typo.rs").read_text()
    lists = re.findall(r"const (?:MAILBOXES|REAL): .*?= (.*?);", source, re.S)
    assert len(lists) == 2
    return set(re.findall(r"[a-z0-9-]+(?:\.[a-z]+)+", " ".join(lists)))


def with_parents(hosts):
    parts = [host.split(".") for host in hosts]
    return {".".join(part[i:]) for part in parts for i in range(len(part) - 1)}


def main():
    common = json.loads((NPM / "email-providers/common.json").read_text())
    free = (set(common) - NOT_MAIL | words("free.txt") | mailboxes()) - set(blocklist)
    allow = with_parents(free | words("business.txt"))
    lost = sorted(allow & set(blocklist))
    if lost:
        raise SystemExit(f"allow-list and source disagree: {lost}")
    packs = {
        "disposable": (encode(set(blocklist), DISPOSABLE_BITS, allow), version("disposable-email-domains")),
        "free": (encode(free, FREE_BITS, words("business.txt")), json.loads((NPM / "email-providers/package.json").read_text())["version"]),
    }
    index = json.loads((OUT / "index.json").read_text()) if (OUT / "index.json").exists() else {}
    for name, (data, source) in packs.items():
        (OUT / f"{name}.pack").write_bytes(data)
        index[name] = {"version": source, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        print(name, len(data), "bytes", struct.unpack_from("<I", data, 5)[0], "entries", "seed", struct.unpack_from("<I", data, 17)[0])
    (OUT / "index.json").write_text(json.dumps(index, indent=2) + "\n")
    (OUT / "allow.txt").write_text("\n".join(sorted(free | words("business.txt"))) + "\n")


main()
