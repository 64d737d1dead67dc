"""What the accounts room refuses."""

from learnflow.core.errors import Conflict, Forbidden, NotFound, NotSignedIn


class EmailTaken(Conflict):
    code, title = "email_taken", "E-mail address taken"

    def __init__(self) -> None:
        super().__init__("Somebody is registered with this e-mail address. Sign in, or use another.")


class PseudonymTaken(Conflict):
    code, title = "pseudonym_taken", "Pseudonym taken"

    def __init__(self) -> None:
        super().__init__("Somebody else has this pseudonym. Choose another.")


class PasswordChangedMeanwhile(Conflict):
    code, title = "password_changed", "Password changed meanwhile"

    def __init__(self) -> None:
        super().__init__("The password was changed by another request just now. Sign in with the newest one.")


class WrongCredentials(NotSignedIn):
    """The same words for an unknown address and a wrong password, so that nobody learns who is registered."""

    code, title = "wrong_credentials", "Wrong e-mail or password"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.")


class InvalidRefreshToken(NotSignedIn):
    code, title = "invalid_refresh_token", "Session ended"

    def __init__(self) -> None:
        super().__init__("This refresh token is not valid any more. Sign in again.")


class AccountInactive(Forbidden):
    code, title = "account_inactive", "Account inactive"

    def __init__(self) -> None:
        super().__init__("This account is switched off. Ask your teacher or administrator.")


class WrongPassword(Forbidden):
    code, title = "wrong_password", "Wrong password"

    def __init__(self) -> None:
        super().__init__("current_password is not your password.")


class ForeignOrigin(Forbidden):
    code, title = "foreign_origin", "Foreign origin"

    def __init__(self) -> None:
        super().__init__("The cookie counts only for pages of this server or of an origin in LEARNFLOW_CORS_ORIGINS.")


class SessionNotFound(NotFound):
    code = "session_not_found"

    def __init__(self, session_id: int) -> None:
        super().__init__(f"You are not signed in with a session {session_id}.")


class StudentNotFound(NotFound):
    code = "student_not_found"

    def __init__(self, email: str) -> None:
        super().__init__(f"Nobody has the e-mail address {email}.")
