"""Shapes that go in and out of the accounts room."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from learnflow.accounts.emails import Email
from learnflow.accounts.models import SignInSession
from learnflow.accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from learnflow.core.text import ShortText, Text, without_nul

NewPassword = Annotated[
    str,  # its length before what Text asks, or the message would speak of items instead of characters
    StringConstraints(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD),
    AfterValidator(without_nul),
    Field(
        description="At least 10 characters, at most 72 bytes; not your name, e-mail address or a very common one.",
        examples=["a quiet blue bicycle"],
    ),
]
GivenPassword = Annotated[Text, Field(min_length=1, max_length=1000, examples=["a quiet blue bicycle"])]
GivenRefreshToken = Annotated[Text, Field(min_length=1, max_length=512)]


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(char.isspace() for char in text):
        raise ValueError("must be a web address that begins with https:// or http://")
    return text


WebAddress = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    AfterValidator(without_nul),
    AfterValidator(_web_address),
    Field(json_schema_extra={"pattern": r"^https?://\S+$"}),  # checked above, where the message can say what to do
]
GradeLevel = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(without_nul)
]
Pseudonym = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=50), AfterValidator(without_nul)
]
Bio = Annotated[str, StringConstraints(max_length=2000), AfterValidator(without_nul)]


class _Input(BaseModel):
    """A field with `default_factory` may be left out and still may not be null: the document names no default then."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Registration(_Input):
    email: Email
    name: ShortText = Field(examples=["Ada Lovelace"])
    password: NewPassword
    grade_level: GradeLevel | None = Field(None, examples=["10"])


class Credentials(_Input):
    email: Text = Field(min_length=1, max_length=320, examples=["ada@school.example"])
    password: GivenPassword


class RefreshRequest(_Input):
    """Left out with the cookie."""

    refresh_token: GivenRefreshToken = Field(default_factory=str)


class PasswordChange(_Input):
    current_password: GivenPassword
    new_password: NewPassword


class ProfileChange(_Input):
    """What is left out stays as it is; null empties. E-mail and role are not changed here."""

    name: ShortText = Field(default_factory=str, examples=["Ada Lovelace"])
    grade_level: GradeLevel | None = Field(None, examples=["11"])
    bio: Bio | None = Field(None, examples=["I like maps."])
    avatar_url: WebAddress | None = Field(None, examples=["https://school.example/ada.png"])
    pseudonym: Pseudonym | None = Field(
        None, description="Shown on the leaderboard instead of the name.", examples=["quiet-otter"]
    )
    on_leaderboard: bool = Field(
        default_factory=bool, description="Appear on the leaderboard; needs a pseudonym.", examples=[True]
    )

    def changes(self) -> dict[str, object]:
        """What was sent, by column."""
        return self.model_dump(exclude_unset=True)


class StudentOut(BaseModel):
    """A student's own account; `user_id` names them outside this database."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[17])
    user_id: UUID
    email: str = Field(examples=["ada@school.example"])
    name: str = Field(examples=["Ada Lovelace"])
    role: str = Field(examples=["student"])
    grade_level: str | None = Field(examples=["10"])
    bio: str | None = Field(examples=["I like maps."])
    avatar_url: str | None = Field(examples=["https://school.example/ada.png"])
    pseudonym: str | None = Field(examples=["quiet-otter"])
    on_leaderboard: bool = Field(examples=[False])
    is_active: bool = Field(examples=[True])
    created_at: datetime


class TokenPair(BaseModel):
    """`access_token` goes into the Authorization header for `expires_in` seconds; `refresh_token` buys the next pair.

    With the cookie there is no `refresh_token` here.
    """

    access_token: str
    refresh_token: str = Field(default_factory=str)
    token_type: str = Field(examples=["bearer"])
    expires_in: int = Field(examples=[900])


class SignedInPair(TokenPair):
    student: StudentOut


class SessionOut(BaseModel):
    """One place where I am signed in; `current` is the one that asks."""

    id: int = Field(examples=[31])
    created_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    user_agent: str | None = Field(examples=["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"])
    address: str | None = Field(examples=["192.0.2.7"])
    current: bool

    @classmethod
    def of(cls, place: SignInSession, *, current: bool) -> "SessionOut":
        return cls(
            id=place.id,
            created_at=place.created_at,
            refreshed_at=place.refreshed_at,
            expires_at=place.expires_at,
            user_agent=place.user_agent,
            address=place.address,
            current=current,
        )
