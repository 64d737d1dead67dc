"""Which tier a machine offers: found out by trying, on machines that really lack something."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyseccomp
import pytest
from tests.support.machine import needs_root

import learnflow
from learnflow.core.config import Environment, Settings
from learnflow.core.config import Tier as LowestTier
from learnflow.judge import ForkerPool, JudgeUnavailable, Tier, probe, run_code
from learnflow.judge.sandbox import examination, reduced, syscalls
from learnflow.judge.sandbox import tier as tiers

MASKED = Path(__file__).parents[1] / "support" / "masked.py"
SYSTEM_PYTHON = "/usr/bin/python3"
SOMEBODY = 1000
EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing listens there
AS_DOCKER: list[str] = []
NO_MORE_NAMESPACES = ["--no-more-namespaces"]

DOCTOR = """
import asyncio, dataclasses, json
from learnflow.judge import probe
print(json.dumps(dataclasses.asdict(asyncio.run(probe()))))
"""
JUDGING = """
import asyncio, json
from learnflow.judge import ForkerPool, Tier, judge_code, parse_cases
async def main():
    async with ForkerPool(1, lowest=Tier.reduced) as pool:
        cases = parse_cases([{"kind": "call", "input": {"function": "f", "args": [20]}, "expected": 42}])
        good = await judge_code(pool, "def f(n): return n + 22", cases)
        bad = await judge_code(pool, "import os\\ndef f(n): os.listdir('/etc')", cases)
        print(json.dumps([good.tier, good.results[0].verdict, bad.results[0].verdict]))
asyncio.run(main())
"""

as_root = pytest.mark.usefixtures("root")


@pytest.fixture
def root() -> None:
    needs_root("only root can take rights away and become another user")


@pytest.fixture(scope="module")
def code() -> Iterator[str]:
    """An import path, for every user, with the judge and what it needs."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        package = Path(learnflow.__file__).parent
        shutil.copytree(package / "judge", Path(folder, "learnflow", "judge"))
        shutil.copy(package / "__init__.py", Path(folder, "learnflow"))
        shutil.copy(pyseccomp.__file__, folder)
        yield folder


def run(code: str, command: list[str], source: str, user: int | None = None) -> Any:
    done = subprocess.run(
        [*command, "-c", source],
        env={"PYTHONPATH": code, "PATH": "/usr/bin:/bin"},
        cwd="/",
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def masked(*options: str, python: str = sys.executable) -> list[str]:
    return [sys.executable, str(MASKED), *options, python]


def offered(report: Any) -> dict[str, bool]:
    return {state["tier"]: state["offered"] for state in report["tiers"]}


def fixes(report: Any, tier: str) -> str:
    (state,) = (state for state in report["tiers"] if state["tier"] == tier)
    return " ".join(finding["fix"] for finding in state["findings"])


@as_root
@pytest.mark.parametrize(
    ("mask", "fix"),
    [(AS_DOCKER, "--cap-add SYS_ADMIN"), (NO_MORE_NAMESPACES, "sysctl -w user.max_user_namespaces=10000")],
    ids=["as docker does", "no more user namespaces"],
)
def test_root_without_namespaces_has_reduced_and_judges_with_it(code: str, mask: list[str], fix: str) -> None:
    report = run(code, masked(*mask), DOCTOR)
    assert offered(report) == {"full": False, "reduced": True, "none": True}
    assert report["tier"] == "reduced"
    assert fix in fixes(report, "full")
    assert run(code, masked(*mask), JUDGING) == ["reduced", "passed", "forbidden"]


@as_root
@pytest.mark.parametrize("mask", [AS_DOCKER, NO_MORE_NAMESPACES], ids=["as docker does", "no more user namespaces"])
def test_anybody_else_without_namespaces_has_none(code: str, mask: list[str]) -> None:
    report = run(code, masked(*mask, "--user", str(SOMEBODY), python=SYSTEM_PYTHON), DOCTOR)
    assert offered(report) == {"full": False, "reduced": False, "none": True}
    assert report["tier"] == "none"
    assert fixes(report, "full")
    assert "as root" in fixes(report, "reduced")


@as_root
@pytest.mark.parametrize(("capability", "name"), [(5, "CAP_KILL"), (6, "CAP_SETGID"), (7, "CAP_SETUID")])
def test_a_root_that_can_not_end_programs_or_become_another_user_has_no_reduced(
    code: str, capability: int, name: str
) -> None:
    report = run(code, masked("--without", str(capability)), DOCTOR)
    assert offered(report) == {"full": False, "reduced": False, "none": True}
    assert name in fixes(report, "reduced")


@as_root
@pytest.mark.parametrize(
    "call",
    ["pidfd_open", "memfd_create", "landlock_create_ruleset", "landlock_restrict_self", "pidfd_send_signal", "seccomp"],
)
def test_without_a_call_that_it_needs_reduced_is_not_given_and_nothing_crashes(code: str, call: str) -> None:
    report = run(code, masked("--deny", call), DOCTOR)
    assert offered(report) == {"full": False, "reduced": False, "none": True}
    assert fixes(report, "reduced")


@as_root
@pytest.mark.parametrize("call", ["clone3", "pidfd_open", "mount", "unshare", "seccomp", "pidfd_send_signal"])
def test_without_a_call_that_it_needs_full_is_not_given_and_nothing_crashes(code: str, call: str) -> None:
    report = run(code, masked("--keep-rights", "--deny", call), DOCTOR)
    assert not offered(report)["full"]
    assert fixes(report, "full")


@as_root
def test_a_temporary_folder_from_which_no_library_can_be_loaded_is_passed_over(code: str) -> None:
    mount = 'mount -t tmpfs -o noexec,mode=1777 none /var/tmp && TMPDIR=/var/tmp exec "$0" "$@"'
    report = run(code, ["unshare", "--mount", "sh", "-c", mount, sys.executable], DOCTOR)
    assert offered(report)["reduced"]


@as_root
def test_full_does_without_landlock_and_says_so(code: str) -> None:
    report = run(code, masked("--keep-rights", "--deny", "landlock_create_ruleset"), DOCTOR)
    assert offered(report) == {"full": True, "reduced": False, "none": True}
    assert "lsm=landlock" in fixes(report, "full")


@as_root
def test_an_ordinary_user_has_full_with_the_systems_python(code: str) -> None:
    report = run(code, [SYSTEM_PYTHON], DOCTOR, SOMEBODY)
    assert offered(report) == {"full": True, "reduced": False, "none": True}


@as_root
def test_root_has_both_with_the_systems_python(code: str) -> None:
    assert offered(run(code, [SYSTEM_PYTHON], DOCTOR)) == {"full": True, "reduced": True, "none": True}


@as_root
def test_an_interpreter_in_a_folder_of_its_own_does_reached_by_links_and_in_a_virtual_environment(code: str) -> None:
    """As pyenv and uv have them: a prefix somewhere, a link to it, an environment that links to the link."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder, "pythons", "cpython")
        version = json.loads(subprocess.check_output([SYSTEM_PYTHON, "-c", "import sys; print(sys.version_info[1])"]))
        name = f"python3.{version}"
        (prefix / "bin").mkdir(parents=True)
        shutil.copy(os.path.realpath(SYSTEM_PYTHON), prefix / "bin" / name)
        ignored = shutil.ignore_patterns("test", "site-packages", "dist-packages", "__pycache__", "config-*")
        shutil.copytree(f"/usr/lib/{name}", prefix / "lib" / name, ignore=ignored, ignore_dangling_symlinks=True)
        link = Path(folder, "links", "python3")
        link.parent.mkdir()
        link.symlink_to(prefix / "bin" / name)
        environment = Path(folder, "environment")
        subprocess.run([link, "-m", "venv", "--without-pip", environment], check=True)
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o755) if path.is_dir() else None
        for python in (link, environment / "bin" / "python3"):
            assert offered(run(code, [str(python)], DOCTOR, SOMEBODY))["full"], python
        for path in (Path(folder), prefix):
            path.chmod(0o700)  # as below /root
        assert offered(run(code, [str(link)], DOCTOR)) == {"full": True, "reduced": True, "none": True}


async def test_without_landlock_there_is_no_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "landlock_version", lambda: 0)
    states = {state.tier: state for state in (await probe()).tiers}
    assert not states[Tier.reduced].offered
    assert "lsm=landlock" in repr(states[Tier.reduced].findings)


async def test_without_libseccomp_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> bytes:
        raise syscalls.SyscallFilterUnavailable("no library")

    monkeypatch.setattr(tiers, "compiled_filter", missing)
    report = await probe()
    assert [state.offered for state in report.tiers] == [False, False, True]
    assert "libseccomp" in report.sentence()


async def test_the_strongest_tier_is_taken_and_none_never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ForkerPool(1, lowest=Tier.none) as pool:
        assert pool.tier.tier is Tier.full
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(reduced, "landlock_version", lambda: 0)
    for lowest in (Tier.full, Tier.reduced):
        with pytest.raises(JudgeUnavailable, match="bubblewrap is not installed"):
            await ForkerPool(1, lowest=lowest).start()
    async with ForkerPool(1, lowest=Tier.none) as pool:
        assert pool.tier.tier is Tier.none
        assert {"bubblewrap is not installed.", tiers.NOT_ISOLATED.what} <= {a.what for a in pool.tier.findings}
        assert (await run_code(pool, "print(1)")).stdout == "1\n"


@as_root
@pytest.mark.parametrize(
    ("weaken", "reached"),
    [
        ({"readable": "/etc"}, "read /etc/passwd"),
        ({"readable": "/proc"}, "read /proc"),
        ({"syscalls": True}, "have another signalled"),
    ],
    ids=["files", "processes", "system calls"],
)
async def test_reduced_is_not_given_when_a_wall_has_a_hole(
    monkeypatch: pytest.MonkeyPatch, weaken: dict[str, Any], reached: str
) -> None:
    strong = reduced.Place.options

    def options(place: reduced.Place, room: reduced.Room) -> dict[str, Any]:
        weak = strong(place, room)
        if "readable" in weaken:
            weak["readable"].append(weaken["readable"])
        if "syscalls" in weaken:
            rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
            rules.add_rule(pyseccomp.ERRNO(1), "kill", pyseccomp.Arg(1, pyseccomp.EQ, syscalls.OWN_PID))
            with tempfile.TemporaryFile() as file:
                rules.export_bpf(file)
                file.seek(0)
                weak["syscalls"] = file.read().hex()
        return weak

    monkeypatch.setattr(reduced.Place, "options", options)
    with pytest.raises(JudgeUnavailable, match=reached):
        await ForkerPool(1, only=Tier.reduced).start()


@as_root
async def test_what_the_service_calls_private_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(examination, "_own_files", list)
    with pytest.raises(JudgeUnavailable, match="read /usr/share/zoneinfo"):
        await ForkerPool(1, only=Tier.reduced, private=["/usr/share/zoneinfo"]).start()
    async with ForkerPool(1, only=Tier.reduced, private=[str(tmp_path), "/dev/tty", __file__]):
        return


@pytest.mark.parametrize(
    ("environment", "host", "named", "lowest"),
    [
        ("development", "127.0.0.1", "none", "none"),
        ("development", "localhost", "none", "none"),
        ("development", "::1", "none", "none"),
        ("development", EVERYWHERE, "none", "reduced"),
        ("development", "192.0.2.1", "none", "reduced"),
        ("production", "127.0.0.1", "none", "reduced"),
        ("production", EVERYWHERE, "reduced", "reduced"),
        ("development", "127.0.0.1", "reduced", "reduced"),
        ("development", "127.0.0.1", "full", "full"),
        ("production", EVERYWHERE, "full", "full"),
    ],
)
def test_none_counts_in_development_on_loopback_alone(environment: str, host: str, named: str, lowest: str) -> None:
    settings = Settings(environment=Environment(environment), host=host, judge_lowest_tier=LowestTier(named))
    assert settings.lowest_tier == lowest
