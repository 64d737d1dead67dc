"""Runs one student's program in a sandboxed child and writes its one report. Standard library only.

What is run shares this process, so it can reach this module through frames, `gc` or the descriptor and write whatever
report it likes. That gains nothing: a report only claims a value, an error or the contents of files, which the program
could as well have returned, raised or written, and what would have been right is not in this process. What matters is
that a program which does not get to its end has no report: `os._exit(0)` is a failure.

A job is a dict, what cases.job_input() makes of a test case, with the code added:
    {"kind": "stdio", "source", "stdin", "args": [str], "files": {name: text}, "want_files": [name], "prompts": bool}
    {"kind": "call", "source", "function", "args": [wire], "kwargs": {name: wire}, "init": null | {"args", "kwargs"},
     "mutates": null | index of an argument}
    {"kind": "expression", "source", "expression"}
    {"kind": "unit", "source", "module", "sealed": hex}       in two processes: pair.py; its key is in the job socket
    {"kind": "checker", "source", "arguments": [wire, wire, wire]}      a teacher's code, in a child of its own
    {"kind": "batch", ...}                                                     one function, many inputs: batch.py
A stdio program runs as `__main__`. For the other kinds the code is imported as the module `main`, so that what stands
below `if __name__ == "__main__":` does not run.

The report, as JSON on the job socket:
    {"ok": true, "value": wire, "mutated": wire, "files": {name: text or null}}      (what applies)
    {"ok": false, "stage": "compile" | "run" | "call", "error": see encoder.describe_error}
A job with "trace": true has its steps in the report's "trace": see tracer.py. It ends where the trace comes to a bound.
"""

import atexit
import builtins
import json
import linecache
import os
import stat
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from learnflow.judge.inside import batch, encoder, modules, tracer
from learnflow.judge.inside.unit import outside, pair, plain_types, runner, student

__all__ = ["before_filter", "modules", "rehearse", "run", "write_files"]

SOURCE_NAME = "main.py"
JOB_SOCKET = 3  # where the forker put it
HOME = os.getcwd()  # the forker's working directory is where each job's home is mounted
MAX_FILE_BYTES = 64 * 2**10  # of a file that is read back

# Held here since before any student's code: a program that patches a module doesn't change what these do.
_write, _exit, _to_json = os.write, os._exit, json.JSONEncoder().encode
_encode, _decode, _describe_error = encoder.encode, encoder.decode, encoder.describe_error
_stdout, _stderr = sys.stdout, sys.stderr
_OUT_OF_MEMORY = {
    "ok": False,
    "stage": "run",
    "error": {
        "type": "MemoryError",
        "message": "",
        "line": None,
        "frames": [],
        "bases": ["MemoryError", "Exception", "BaseException"],
    },
}
_OUT_OF_MEMORY_JSON = _to_json(_OUT_OF_MEMORY)


class _Failed(Exception):
    """Carries an error of the student's to the report."""

    def __init__(self, stage: str, cause: BaseException) -> None:
        super().__init__(stage)
        self.stage = stage
        self.cause = cause


def run(job: dict[str, Any], report_descriptor: int) -> NoReturn:
    """Run the job, write the report, end the process: with sys.exit()'s code for a stdio program, else 0 or 1."""
    code = 0
    trace = _start_trace(report_descriptor) if job.get("trace") else None
    try:
        if job["kind"] == "batch":
            report, code = _run_batch(job, report_descriptor)
        else:
            report, code = _KINDS[job["kind"]](job)
    except _Failed as failed:
        report, code = {"ok": False, "stage": failed.stage, "error": _described(failed.cause)}, 1
    if trace is not None:
        report["trace"] = trace.finish()
    _end(report, code, report_descriptor)


def rehearse(job: dict[str, Any]) -> None:
    """Do what a call job does, but for its end, and leave nothing of it."""
    before = sys.path[:], sys.argv, {name: sys.modules.get(name) for name in ("__main__", "main")}
    report, _ = _run_call(job)
    _to_json(report).encode("ascii")
    vars(sys.modules["main"]).clear()
    sys.path[:], sys.argv, modules = before
    for name, module in modules.items():
        if module is None:
            del sys.modules[name]
        else:
            sys.modules[name] = module
    del linecache.cache[SOURCE_NAME]
    _flush()


def _start_trace(report_descriptor: int) -> tracer.Tracer:
    return tracer.Tracer(SOURCE_NAME, lambda trace: _end({"ok": True, "trace": trace}, 0, report_descriptor)).start()


def _end(report: dict[str, Any], code: int, report_descriptor: int) -> NoReturn:
    _flush()
    try:
        text = _to_json(report)
    except MemoryError:
        text = _OUT_OF_MEMORY_JSON
    _tell(text, report_descriptor)
    _exit(code)


def _tell(text: str, descriptor: int) -> None:
    data = memoryview(text.encode("ascii"))
    while data:
        data = data[_write(descriptor, data) :]


def _run_stdio(job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    write_files(job.get("files", {}))
    sys.argv = [SOURCE_NAME, *job.get("args", ())]
    if not job.get("prompts", True):
        _silence_prompts()
    module = _fresh_module("__main__")
    program = _compiled(job["source"], SOURCE_NAME)
    exit_code = 0
    try:
        exec(program, module.__dict__)  # noqa: S102  # the point of the sandbox
    except SystemExit as ended:
        exit_code = _exit_code(ended)
    except BaseException as error:  # whatever a program raises is reported  # noqa: BLE001
        raise _Failed("run", error) from None
    finally:
        _end_as_python_does()
    report: dict[str, Any] = {"ok": True}
    if job.get("want_files"):
        report["files"] = {name: _read_file(name) for name in job["want_files"]}
    return report, exit_code


def _silence_prompts() -> None:
    """From here on what stands in input("…") is not printed."""
    read = builtins.input

    def input(prompt: object = "", /) -> str:  # noqa: A001  # it takes its place
        str(prompt)  # raises whatever it would have raised
        return read()

    builtins.input = input


def _run_call(job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    namespace = _imported(job["source"])
    try:
        arguments = [_decode(wire, namespace) for wire in job["args"]]
        keywords = {name: _decode(wire, namespace) for name, wire in job["kwargs"].items()}
        function = _find(job["function"], job.get("init"), namespace)
        value = function(*arguments, **keywords)
    except BaseException as error:  # noqa: BLE001  # as above
        raise _Failed("call", error) from None
    report = {"ok": True, "value": _encoded(value)}
    if job.get("mutates") is not None:
        report["mutated"] = _encoded(arguments[job["mutates"]])
    return report, 0


def _run_expression(job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    namespace = _imported(job["source"])
    try:
        expression = compile(job["expression"].strip(), "<expression>", "eval", dont_inherit=True)
        value = eval(expression, namespace)  # noqa: S307  # the point of the sandbox
    except BaseException as error:  # noqa: BLE001  # as above
        raise _Failed("call", error) from None
    return {"ok": True, "value": _encoded(value)}, 0


_pairs: list[pair.Ends] = []  # of a unit job, in the process of its tests


def before_filter(job: dict[str, Any], close_off: Callable[[], None]) -> None:
    """What has to be done while processes can still be made: a unit job gets one more, which runs the student's code
    and never returns from here."""
    if job["kind"] == "unit":
        _pairs.append(pair.part(close_off, lambda channel: _serve_tests(job, channel)))


def _serve_tests(job: dict[str, Any], channel: int) -> NoReturn:
    def import_module() -> Any:
        try:
            _imported(job["source"], job["module"])
        except _Failed as failed:
            end.failure = _to_json({"stage": failed.stage, "error": _described(failed.cause)})
            raise failed.cause from None
        return sys.modules[job["module"]]

    plain_types.know_asyncio(job["source"])
    end = student.Student(channel, SOURCE_NAME, import_module)
    builtins.input = end.offered("input")
    sys.stdin = outside.Stdin(end.offered("read"), end.offered("readline"))
    outside.hand_over_warnings(end.offered("warn"))
    end.serve()


def _run_unit(job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    if not _pairs:  # nobody filters system calls here
        before_filter(job, lambda: None)
    return runner.run(job, JOB_SOCKET, _pairs.pop()), 0


def _run_checker(job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    namespace = _imported(job["source"])
    try:
        arguments = [_decode(wire, {}) for wire in job["arguments"]]
        value = namespace["check"](*arguments)
    except BaseException as error:  # noqa: BLE001  # as above
        raise _Failed("call", error) from None
    return {"ok": True, "value": _encoded(value)}, 0


def _run_batch(job: dict[str, Any], report_descriptor: int) -> tuple[dict[str, Any], int]:
    namespace = _imported(job["source"])
    try:
        answer = batch.answering(job, namespace, _find)
    except BaseException as error:  # noqa: BLE001  # as above
        raise _Failed("call", error) from None
    for line in batch.lines(job["inputs"], answer, _described):
        _tell(line, report_descriptor)
    return {"ok": True}, 0


_KINDS: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], int]]] = {
    "stdio": _run_stdio,
    "call": _run_call,
    "expression": _run_expression,
    "checker": _run_checker,
    "unit": _run_unit,
}


def _imported(source: str, name: str = "main") -> dict[str, Any]:
    """The namespace of the student's code as the module of that name."""
    _fresh_module("__main__")
    sys.argv = [SOURCE_NAME]
    module = _fresh_module(name)
    program = _compiled(source, SOURCE_NAME)
    try:
        exec(program, module.__dict__)  # noqa: S102  # the point of the sandbox
    except BaseException as error:  # noqa: BLE001  # as above
        raise _Failed("run", error) from None
    return module.__dict__


def _fresh_module(name: str) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(__builtins__=builtins, __file__=SOURCE_NAME)
    sys.modules[name] = module
    return module


def _compiled(source: str, name: str) -> Any:
    source = source.removeprefix("\ufeff")  # an editor's byte order mark
    sys.path.insert(0, HOME)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except BaseException as error:  # SyntaxError, ValueError, RecursionError, MemoryError and others  # noqa: BLE001
        raise _Failed("compile", error) from None


def _find(path: str, init: dict[str, Any] | None, namespace: dict[str, Any]) -> Callable[..., Any]:
    """The function, or the method of a new instance. Static and class methods get none when `init` is empty."""
    first, _, method = path.partition(".")
    if first not in namespace:
        raise NameError(f"name {first!r} is not defined")
    target: Any = namespace[first]
    if not method:
        return target  # type: ignore[no-any-return]  # calling what can't be called is the student's TypeError
    init = init or {}
    if not any(init.values()) and isinstance(vars(target).get(method), (staticmethod, classmethod)):
        return getattr(target, method)  # type: ignore[no-any-return]  # as above
    arguments = [_decode(wire, namespace) for wire in init.get("args") or ()]
    keywords = {name: _decode(wire, namespace) for name, wire in (init.get("kwargs") or {}).items()}
    return getattr(target(*arguments, **keywords), method)  # type: ignore[no-any-return]  # as above


def _encoded(value: Any) -> Any:
    try:
        return _encode(value)
    except MemoryError as error:
        raise _Failed("call", error) from None


def _described(error: BaseException) -> Any:
    """What the report says about an error. Small even when memory has run out."""
    try:
        return _describe_error(error, SOURCE_NAME)
    except MemoryError:
        return _OUT_OF_MEMORY["error"]


def _exit_code(ended: SystemExit) -> int:
    """As the interpreter does it: None is 0, a number itself, anything else is printed and 1."""
    if ended.code is None:
        return 0
    if isinstance(ended.code, int):
        return ended.code & 0xFF
    print(ended.code, file=_stderr)  # as the interpreter does
    return 1


def _end_as_python_does() -> None:
    """Wait for threads, call what was registered with atexit. What fails there is printed, as the interpreter does."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  # what Py_Finalize calls
        atexit._run_exitfuncs()  # noqa: SLF001  # as above
    except BaseException as error:  # an interpreter that ends prints this and goes on  # noqa: BLE001
        sys.excepthook(type(error), error, error.__traceback__)


def _flush() -> None:
    for stream in (sys.stdout, _stdout, sys.stderr, _stderr):
        try:
            stream.flush()
        except BaseException:  # closed or replaced by the program: nothing to show  # noqa: BLE001, S112
            continue


def write_files(files: dict[str, str]) -> None:
    for name, text in files.items():
        folder = os.path.dirname(name)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(name, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(text)


def _read_file(name: str) -> str | None:
    """A regular file's text, cut; None when there is none. Links and FIFOs are not followed or waited for."""
    try:
        descriptor = os.open(os.path.join(HOME, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return os.read(descriptor, MAX_FILE_BYTES).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
    except OSError:
        return None
