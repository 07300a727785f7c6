"""Runs lines through the native build of check::answer: what every comparison compares with."""
import json, pathlib, subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "tests/conformance/check"


def native(lines):
    text = "\n".join(json.dumps(line) for line in lines)
    run = subprocess.run(["cargo", "run", "-q", "--example", "check_lines"], cwd=ROOT, input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def write_sample(name, source, **members):
    lines = [f' "source": {json.dumps(source)}']
    for key, rows in members.items():
        lines.append(f' "{key}": [\n' + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n ]")
    (SAMPLES / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
