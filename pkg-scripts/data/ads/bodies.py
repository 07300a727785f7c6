"""Reads the bodies that Leadkit makes for Google with the protos of the Data Manager API, which know every name and every word.

tests/conformance/ads/google.json has them as a test of tests/edge wrote them: from addresses to bodies.
"""
import json
import sys
from pathlib import Path

from google.ads import datamanager_v1
from google.protobuf import json_format

KINDS = {
    "events:ingest": datamanager_v1.IngestEventsRequest,
    "audienceMembers:ingest": datamanager_v1.IngestAudienceMembersRequest,
    "audienceMembers:remove": datamanager_v1.RemoveAudienceMembersRequest,
}


def main():
    path = Path(__file__).resolve().parents[3] / "tests/conformance/ads/google.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    for case in cases:
        json_format.ParseDict(case["body"], KINDS[case["method"]].pb()())
    wrong = json.loads(json.dumps(cases[0]["body"]))
    wrong["consents"] = wrong.pop("consent")
    try:
        json_format.ParseDict(wrong, KINDS[cases[0]["method"]].pb()())
    except json_format.ParseError:
        print(f"{len(cases)} bodies", file=sys.stderr)
        return
    raise SystemExit("a body with a wrong name was read")


main()
