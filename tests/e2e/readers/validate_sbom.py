"""Says "valid", or what the official validator has against a document.

  validate_sbom.py spdx|cyclonedx FILE     with PYTHONPATH=build/tools/sbom-validators (scripts/setup test)
"""
import sys


def spdx(path):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    return [message.validation_message for message in validate_full_spdx_document(parse_file(path))]


def cyclonedx(path):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    with open(path) as file:
        error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read())
    return [] if error is None else [repr(error)]


problems = {"spdx": spdx, "cyclonedx": cyclonedx}[sys.argv[1]](sys.argv[2])
print("\n".join(problems) or "valid")
sys.exit(1 if problems else 0)
