"""HTTP in and out of the accounts room."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Header, Query, Request, Response

from learnflow.accounts import change_password as passwords
from learnflow.accounts import profile, queries
from learnflow.accounts import refresh as refreshing
from learnflow.accounts import register as registering
from learnflow.accounts import sign_in as signing_in
from learnflow.accounts.cookie import NAME as COOKIE
from learnflow.accounts.cookie import clear_refresh_cookie, require_own_origin, set_refresh_cookie
from learnflow.accounts.deps import CurrentStudent, SignedIn
from learnflow.accounts.errors import (
    AccountInactive,
    EmailTaken,
    ForeignOrigin,
    InvalidRefreshToken,
    PasswordChangedMeanwhile,
    PseudonymTaken,
    SessionNotFound,
    WrongCredentials,
    WrongPassword,
)
from learnflow.accounts.models import Student
from learnflow.accounts.schemas import (
    Credentials,
    PasswordChange,
    ProfileChange,
    RefreshRequest,
    Registration,
    SessionOut,
    SignedInPair,
    StudentOut,
    TokenPair,
)
from learnflow.accounts.sign_in import OpenedSession
from learnflow.accounts.sign_out import end_sessions
from learnflow.accounts.tokens import mint_access_token
from learnflow.core.clock import now
from learnflow.core.config import Settings
from learnflow.core.database import DatabaseDep, ReadSession, WriteSession
from learnflow.core.errors import InvalidInput, NotSignedIn, TooManyRequests, Unavailable, documented
from learnflow.core.http import collection
from learnflow.core.ids import PathId
from learnflow.core.pagination import Cursor, Limit, Page, decode_id, page_of

router = APIRouter(prefix="/api/auth", tags=["auth"])

WithCookie = Annotated[
    bool, Query(description="Keep the refresh token in an HttpOnly cookie instead of telling it in the body.")
]
RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, max_length=512, description="Set by `?cookie=true`.")]
UserAgent = Annotated[str | None, Header(include_in_schema=False)]


@router.post(
    "/register",
    response_model=StudentOut,
    status_code=201,
    responses=documented(EmailTaken, InvalidInput, Unavailable),
)
async def register(body: Registration, request: Request, database: DatabaseDep) -> object:
    """Make an account. Everybody begins as a student."""
    return await registering.register(
        database,
        request.app.state.password_worker,
        email=body.email,
        name=body.name,
        password=body.password,
        grade_level=body.grade_level,
    )


@router.post(
    "/login",
    response_model=SignedInPair,
    response_model_exclude_unset=True,
    status_code=200,
    responses=documented(WrongCredentials, AccountInactive, ForeignOrigin, InvalidInput, TooManyRequests, Unavailable),
)
async def login(
    body: Credentials,
    request: Request,
    response: Response,
    database: DatabaseDep,
    cookie: WithCookie = False,
    user_agent: UserAgent = None,
) -> object:
    """Sign in: an access token for the next minutes and a refresh token for the time after."""
    if cookie:
        require_own_origin(request)
    settings: Settings = request.app.state.settings
    student, opened = await signing_in.sign_in(
        database,
        request.app.state.password_worker,
        request.app.state.guesses,
        email=body.email,
        password=body.password,
        days=settings.session_days,
        user_agent=user_agent,
    )
    pair = _pair(request, response, student, opened, in_cookie=cookie)
    return SignedInPair(**pair, student=StudentOut.model_validate(student))


@router.post(
    "/refresh",
    response_model=TokenPair,
    response_model_exclude_unset=True,
    status_code=200,
    responses=documented(InvalidRefreshToken, ForeignOrigin, InvalidInput),
)
async def refresh(
    request: Request,
    response: Response,
    database: DatabaseDep,
    body: RefreshRequest | None = None,
    cookie: RefreshCookie = None,
) -> object:
    """Exchange a refresh token, from the body or else from the cookie, for a new pair. Each can be used once."""
    given = body.refresh_token if body else ""
    in_cookie = not given
    if in_cookie:
        require_own_origin(request)
    settings: Settings = request.app.state.settings
    student, opened = await refreshing.refresh(
        database, given or cookie or "", days=settings.session_days, grace_seconds=settings.refresh_grace_seconds
    )
    return TokenPair(**_pair(request, response, student, opened, in_cookie=in_cookie))


@router.post("/logout", status_code=204, responses=documented(NotSignedIn))
async def logout(caller: SignedIn, request: Request, response: Response, session: WriteSession) -> None:
    """End this session, at once."""
    assert caller.id is not None
    assert caller.user_id is not None
    await end_sessions(session, student_id=caller.id, user_id=caller.user_id, because="logout", only=caller.session_id)
    clear_refresh_cookie(request, response)


@router.post(
    "/change-password",
    status_code=204,
    responses=documented(
        NotSignedIn, WrongPassword, PasswordChangedMeanwhile, InvalidInput, TooManyRequests, Unavailable
    ),
)
async def change_password(
    student: CurrentStudent, caller: SignedIn, body: PasswordChange, request: Request, database: DatabaseDep
) -> None:
    """Choose a new password. Everywhere else you are signed out."""
    await passwords.change_password(
        database,
        request.app.state.password_worker,
        request.app.state.guesses,
        student,
        caller,
        current_password=body.current_password,
        new_password=body.new_password,
    )


@router.get("/me", response_model=StudentOut, status_code=200, responses=documented(NotSignedIn))
async def read_me(student: CurrentStudent) -> object:
    """My own account."""
    return student


@router.patch(
    "/me",
    response_model=StudentOut,
    status_code=200,
    responses=documented(NotSignedIn, PseudonymTaken, InvalidInput),
)
async def change_me(student: CurrentStudent, body: ProfileChange, session: WriteSession) -> object:
    """Change what I say about myself."""
    return await profile.change_profile(session, student, body.changes())


@collection(
    router,
    "GET",
    "/sessions",
    response_model=Page[SessionOut],
    status_code=200,
    responses=documented(NotSignedIn, InvalidInput),
)
async def list_sessions(caller: SignedIn, session: ReadSession, limit: Limit = 50, cursor: Cursor = None) -> object:
    """Where I am signed in, newest first."""
    assert caller.id is not None
    places = await queries.standing_sessions(session, caller.id, at=now(), before=decode_id(cursor), limit=limit + 1)
    return page_of(
        places,
        limit,
        lambda place: SessionOut.of(place, current=place.id == caller.session_id),
        lambda place: (place.id,),
    )


@router.delete(
    "/sessions/{session_id}", status_code=204, responses=documented(NotSignedIn, SessionNotFound, InvalidInput)
)
async def end_session(caller: SignedIn, session_id: PathId, session: WriteSession) -> None:
    """Sign out one of my sessions, at once."""
    assert caller.id is not None
    assert caller.user_id is not None
    ended = await end_sessions(
        session, student_id=caller.id, user_id=caller.user_id, because="revoked", only=session_id
    )
    if not ended:
        raise SessionNotFound(session_id)


def _pair(
    request: Request, response: Response, student: Student, opened: OpenedSession, *, in_cookie: bool
) -> dict[str, object]:
    """The fields of a TokenPair; with `in_cookie` the refresh token goes into the answer's cookie instead."""
    settings: Settings = request.app.state.settings
    response.headers["Cache-Control"] = "no-store"
    fields: dict[str, object] = {
        "access_token": mint_access_token(
            request.app.state.signing_key,
            user_id=student.user_id,
            session_id=opened.session_id,
            role=student.role,
            minutes=settings.access_token_minutes,
        ),
        "token_type": "bearer",
        "expires_in": settings.access_token_minutes * 60,
    }
    if in_cookie:
        set_refresh_cookie(request, response, opened.refresh_token)
    else:
        fields["refresh_token"] = opened.refresh_token
    return fields
