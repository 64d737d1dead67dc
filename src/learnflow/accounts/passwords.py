"""Passwords: which are accepted, and the one bounded worker that hashes them.

bcrypt takes about a quarter of a second of one core by design. One thread does all of it, one password after the
other, so that a class signing in together slows its own sign-in and nothing else; past a limit of waiting callers the
next is told to come back. Nobody waits here inside a database transaction.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from pwdlib.hashers.bcrypt import BcryptHasher

from learnflow.core.errors import InvalidInput, Unavailable

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 72
"""Bytes: what bcrypt takes in. Longer ones are refused, for a truncated one would match more than it should."""

ROUNDS = 12
"""bcrypt's cost: 2^12 rounds, about 0.2 s on a machine of 2024 (OWASP asks for at least 10)."""

NOBODYS_HASH = "$2b$12$JGE4O/Bnm4GOOnxPkaNJtenxScErTHTN9kEuBt0sp0uaiTy9RBEaW"
"""Of a random password that nobody kept, at the cost of real ones: an unknown address takes as long as a known one."""

MOST_WAITING = 100
"""Callers in the worker's queue: at four a second the last of them waits for less than the usual 30 s time-out."""

COMMONEST = frozenset(
    {
        "0123456789", "1234567890", "12345678910", "0987654321", "9876543210", "123456789a", "a123456789",
        "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "q1w2e3r4t5", "qwertyuiop", "qwertzuiop", "qwerty1234",
        "qwerty12345", "qwerty123456", "asdfghjkl1", "password12", "password123", "password1234", "password12345",
        "passw0rd123", "p@ssword123", "passwort123", "mypassword", "changeme123", "letmein123", "welcome123",
        "iloveyou12", "iloveyou123", "administrator", "admin12345", "abcdefghij", "abcd123456", "abc1234567",
        "football123", "basketball", "princess123", "superman123", "learnflow123", "learnflow1",
    }
)  # fmt: skip
"""Those of at least ten characters that lead every published list, in lower case."""


def refuse_weak_password(password: str, *, email: str, name: str, field: str = "password") -> None:
    """Raises InvalidInput on `field` for a password that is too short, too long or the first that anybody would try."""
    lowered = password.casefold()
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput.of(field, f"Use at least {SHORTEST_PASSWORD} characters.")
    if len(password.encode()) > LONGEST_PASSWORD:
        raise InvalidInput.of(field, f"Use at most {LONGEST_PASSWORD} bytes (letters like ä count as two or more).")
    if "\0" in password:
        raise InvalidInput.of(field, "It must not contain NUL characters.")
    if lowered in COMMONEST or len(set(lowered)) == 1:
        raise InvalidInput.of(field, "This is one of the passwords everybody tries first. Choose another.")
    if lowered.strip() in {email.casefold(), email.casefold().partition("@")[0], name.casefold()}:
        raise InvalidInput.of(field, "Don't use your name or e-mail address as your password.")


class Turn:
    """The worker, while it is yours."""

    def __init__(self, worker: "PasswordWorker") -> None:
        self._worker = worker

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._worker.thread, self._worker.hasher.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether `hashed` is of `password`; None, for nobody's, takes as long and is false."""
        if len(password.encode()) > LONGEST_PASSWORD:
            return False  # nobody has such a one
        matches = await asyncio.get_running_loop().run_in_executor(
            self._worker.thread, self._worker.hasher.verify, password, hashed or NOBODYS_HASH
        )
        return matches and hashed is not None


class PasswordWorker:
    """One thread for bcrypt and the queue before it; made and closed by `entry`."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bcrypt")
        self.hasher = BcryptHasher(rounds=ROUNDS)
        self.most_waiting = most_waiting
        self.waiting = 0
        self._turns = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for the worker, first come first served. Raises Unavailable when too many wait already."""
        if self.waiting >= self.most_waiting:
            raise Unavailable("Very many people are signing in just now. Try again in a few seconds.", retry_after=10)
        self.waiting += 1
        try:
            async with self._turns:
                yield Turn(self)
        finally:
            self.waiting -= 1

    def close(self) -> None:
        self.thread.shutdown(cancel_futures=True)
