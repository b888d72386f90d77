"""Checks reports of host-wrapper in JSON by docs/report.schema.json.

Knows the schema and the names of its two kinds of report alone.
"""

import json

from conftest import ROOT
from jsonschema import Draft202012Validator

SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text())


def validate(text, kind):
    """The report: a "link_report" or an "exit_report", and valid as one of the two."""
    report = json.loads(text)
    Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{kind}"}]}).validate(
        report)
    Draft202012Validator(SCHEMA).validate(report)
    return report
