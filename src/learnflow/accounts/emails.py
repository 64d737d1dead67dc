"""E-mail addresses: checked for form, compared without regard to case, never looked up."""

from typing import Annotated

import email_validator
from pydantic import AfterValidator, Field, StringConstraints

LONGEST_EMAIL = 254
"""Characters (RFC 5321, 4.5.3.1.3, less the angle brackets)."""

# A self-hosted school may well live under school.local; its own network is the one to decide.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normal_email(text: str) -> str:
    """The address with its domain in lower case and its letters composed (NFC). Raises ValueError with the fault."""
    return email_validator.validate_email(text, check_deliverability=False, globally_deliverable=False).normalized


def email_key(text: str) -> str:
    """What is unique about an address: two that differ only in case belong to one person."""
    try:
        return normal_email(text.strip()).lower()
    except ValueError:
        return text.strip().lower()  # of no form that anybody registered with, so nobody has it


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_EMAIL),
    AfterValidator(normal_email),
    Field(json_schema_extra={"format": "email"}, examples=["ada@school.example"]),
]
