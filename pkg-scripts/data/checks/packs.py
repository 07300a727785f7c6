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
# A host with a parent is asked for twice, so half of the promised rate of one in 1024.
DISPOSABLE_BITS = 11
# The list is small and a false hit takes points from a business, so a rarer one.
FREE_BITS = 16
# Hosts of email-providers/common.json that give no mailboxes or serve as examples.
NOT_MAIL = set("""example.com test.com test.de yourdomain.com mydomain.com www.com name.com mail-tester.com facebook.com
about.com ancestry.com techspot.com space.com discovery.com medscape.com alibaba.com kansascity.com casino.com berlin.de
law.com geek.com nus.edu.sg unican.es dynu.net ddnsfree.com dnsmadeeasy.com telstra.com singpost.com go.com ny.com
games.com barcelona.com beer.com sci.fi garbage.com homestead.com parrot.com dailypioneer.com islamonline.net""".split())


def hash_of(host, seed, limit):
    h = 0xCBF29CE484222325 ^ seed
    for byte in host.encode():
        h = (h ^ byte) * 0x100000001B3 & MASK
    h ^= h >> 32
    h = h * 0x9E3779B97F4A7C15 & MASK
    return (h >> 32) * limit >> 32


def encode(hosts, bits, allow):
    limit = len(hosts) << bits
    for seed in range(1, 10_000):
        hashes = sorted({hash_of(host, seed, limit) for host in hosts})
        taken = set(hashes)
        if not any(hash_of(host, seed, limit) in taken for host in allow):
            break
    else:
        raise SystemExit("no seed spares the allow-list")
    out, last = [], 0
    for value in hashes:
        quotient, remainder = divmod(value - last, 1 << bits)
        out.append("1" * quotient + "0" + format(remainder, f"0{bits}b"))
        last = value
    text = "".join(out)
    text += "0" * (-len(text) % 8)
    body = int(text, 2).to_bytes(len(text) // 8, "big")
    return b"LKP1" + struct.pack("<BIII", bits, len(hashes), limit, seed) + body


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
        print(name, len(data), "bytes", struct.unpack_from("<I", data, 5)[0], "entries", "seed", struct.unpack_from("<I", data, 13)[0])
    (OUT / "index.json").write_text(json.dumps(index, indent=2) + "\n")
    (OUT / "allow.txt").write_text("\n".join(sorted(free | words("business.txt"))) + "\n")


main()
