"""How a child ended when it did not simply give an answer: by a limit, a signal, an exception, or too early."""

import re
import signal
from dataclasses import dataclass

from learnflow.judge.explain.exceptions import error_detail, explain_error
from learnflow.judge.explain.syntax_errors import explain_syntax
from learnflow.judge.limits import Limits
from learnflow.judge.verdicts import ErrorDetail, Execution, Verdict


@dataclass(frozen=True, slots=True)
class Ending:
    """A verdict other than passed and wrong_answer, with its sentence and the exception if there was one."""

    verdict: Verdict
    explanation: str
    error: ErrorDetail | None


def ending_of(execution: Execution, source: str, limits: Limits, *, stdio: bool) -> Ending | None:
    """Why there is no answer to look at; None when there is one. `stdio` programs may end by sys.exit()."""
    stopped = _stopped(execution, limits) or _killed(execution, limits)
    if stopped is not None:
        return stopped
    report = execution.report
    error = report.get("error") if report is not None else None
    if report is None or not (report.get("ok") is True or isinstance(error, dict)):
        return _ended_early(execution)
    if report.get("ok") is True:
        return None
    detail = error_detail(error, source)
    if stdio and detail["type"] == "SystemExit":
        return None
    if report.get("stage") == "compile":
        return Ending(Verdict.syntax_error, explain_syntax(detail, source), detail)
    return _of_error(detail, source, limits)


def _stopped(execution: Execution, limits: Limits) -> Ending | None:
    if execution.stopped == "output":
        sentence = (
            f"Your program printed more than {_size(limits.output_bytes)}, or returned far too much: is a loop endless?"
        )
        return Ending(Verdict.output_limit, sentence, None)
    if execution.stopped == "wall":
        if execution.cpu_ms < 100:
            return Ending(
                Verdict.time_limit,
                f"Your program was still waiting after {limits.wall_seconds:g} s: does it sleep or wait?",
                None,
            )
        return Ending(Verdict.time_limit, _too_slow(limits.wall_seconds), None)
    return None


def _too_slow(seconds: float) -> str:
    return f"Your program was not done after {seconds:g} s: is there a loop that never ends, or far too much work?"


def _killed(execution: Execution, limits: Limits) -> Ending | None:
    killer = execution.signal
    if killer is None:
        return None
    if killer == signal.SIGXCPU:
        return Ending(Verdict.time_limit, _too_slow(limits.cpu_seconds), None)
    if execution.out_of_memory:
        return Ending(Verdict.memory_limit, _too_large(limits), None)
    if killer == signal.SIGKILL:
        # The kernel only says that it killed. It counts the time in ticks, which may run ahead of the true time.
        if execution.cpu_ms / limits.cpu_seconds / 1000 >= execution.memory_kb * 1024 / limits.memory_bytes:
            return Ending(Verdict.time_limit, _too_slow(limits.cpu_seconds), None)
        return Ending(Verdict.memory_limit, _too_large(limits), None)
    if killer == signal.SIGSYS:
        return Ending(Verdict.forbidden, _FORBIDDEN, None)
    if killer == signal.SIGXFSZ:
        return Ending(Verdict.output_limit, _too_much_on_disk(limits), None)
    if killer in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL):
        sentence = "The Python interpreter itself broke down: a recursion far too deep does that."
        return Ending(Verdict.runtime_error, sentence, None)
    return Ending(Verdict.runtime_error, f"Your program was ended by signal {killer}.", None)


def _ended_early(execution: Execution) -> Ending:
    code = f" (exit code {execution.exit_code})" if execution.exit_code is not None else ""
    sentence = f"Your program ended early{code}, before it was done: remove os._exit() and the like."
    return Ending(Verdict.runtime_error, sentence, None)


_FORBIDDEN = "Your program tried something that is not allowed here, such as starting a process or using the network."


def _of_error(detail: ErrorDetail, source: str, limits: Limits) -> Ending:
    kind, message = detail["type"], detail["message"]
    if kind == "MemoryError":
        return Ending(Verdict.memory_limit, _too_large(limits), detail)
    if _is_forbidden(kind, message):
        where = f"On line {detail['line']}: " if detail["line"] is not None else ""
        return Ending(
            Verdict.forbidden, where + (_FORBIDDEN[0].lower() + _FORBIDDEN[1:] if where else _FORBIDDEN), detail
        )
    number = _error_number(message)
    if kind == "OSError" and number == 12:  # ENOMEM
        return Ending(Verdict.memory_limit, _too_large(limits), detail)
    if kind == "OSError" and number in (27, 28, 122):  # EFBIG, ENOSPC, EDQUOT
        return Ending(Verdict.output_limit, _too_much_on_disk(limits), detail)
    return Ending(Verdict.runtime_error, explain_error(detail, source), detail)


_REFUSED = (1, 13, 30, 38, 97)  # EPERM, EACCES, EROFS, ENOSYS, EAFNOSUPPORT


def _is_forbidden(kind: str, message: str) -> bool:
    """Whether the sandbox refused something and the program did not catch it."""
    if kind == "URLError":  # urllib wraps what the socket said
        found = re.match(r"<urlopen error (\[Errno -?\d{1,3}\])", message)
        return found is not None and (found[1].startswith("[Errno -") or _error_number(found[1]) in _REFUSED)
    number = _error_number(message)
    if kind == "PermissionError":
        return number is not None
    if kind in ("gaierror", "socket.gaierror"):
        return True
    return kind == "OSError" and number in _REFUSED


def _error_number(message: str) -> int | None:
    found = re.match(r"\[Errno (-?\d{1,3})\]", message)
    return int(found[1]) if found is not None else None


def _too_large(limits: Limits) -> str:
    return (
        f"Your program needed more than {_size(limits.memory_bytes)} of memory: does a list or text grow without end?"
    )


def _too_much_on_disk(limits: Limits) -> str:
    return f"Your program wrote more than {_size(limits.file_bytes)} to files."


def _size(count: int) -> str:
    return f"{count / 2**20:g} MB" if count >= 2**20 else f"{count / 2**10:g} KB"
