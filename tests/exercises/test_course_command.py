"""`learnflow course`, run as the operator runs it, with the real judge."""

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio.to_thread

from learnflow.exercises.course.check import prove
from learnflow.grading.verify import code_judge
from learnflow.judge import ForkerPool
from tests.exercises.test_course import FILES, course_at, read


async def learnflow_course(*arguments: str | Path, url: str = "") -> subprocess.CompletedProcess[str]:
    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from learnflow.entry.commands.course import app; app()", *map(str, arguments)],
            env=os.environ | {"LEARNFLOW_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return await anyio.to_thread.run_sync(run)


async def test_check_proves_a_course(tmp_path: Path) -> None:
    done = await learnflow_course("check", course_at(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "A course: 2 exercises and 1 wrong answers, all as they should be.\n"


async def test_the_judge_finds_what_does_not_hold(tmp_path: Path) -> None:
    wrong = FILES["01-basics/add/wrong/subtracts.py"]
    course_at(
        tmp_path,
        **{
            "01-basics/add/solution.py": "def add(a, b):\n    return 6\n",
            "01-basics/add/wrong/subtracts.py": wrong.replace("caught-by: small", "caught-by: typed"),
            "01-basics/add/wrong/nowhere.py": wrong.replace("caught-by: small", "caught-by: large"),
            "01-basics/double/starter.py": "print(4)\n",
        },
    )
    seen: list[str] = []
    async with ForkerPool(1) as pool:
        found = await prove(read(tmp_path), code_judge(pool), on_exercise=seen.append)
    faults = {fault.path: fault.message for fault in found}
    assert "does not pass the case 'small' (wrong_answer)" in faults["01-basics/add/solution.py"]
    assert "passes the case 'typed', which should catch it" in faults["01-basics/add/wrong/subtracts.py"]
    assert "no case 'large'" in faults["01-basics/add/wrong/nowhere.py"]
    assert "already passes every case" in faults["01-basics/double/starter.py"]
    assert len(found) == 4
    assert seen == ["add", "double"]


async def test_check_tells_faults_of_files_and_of_the_judge(tmp_path: Path) -> None:
    course_at(tmp_path, **{"01-basics/double/starter.py": "print(4)\n", "01-basics/double/description.md": "[x](y)\n"})
    done = await learnflow_course("check", tmp_path, "--json")
    assert done.returncode == 1
    paths = [fault["path"] for fault in json.loads(done.stdout)["faults"]]
    assert paths == ["01-basics/double/description.md", "01-basics/double/starter.py"]
    assert "2 faults." in done.stderr


async def test_load_and_export(database_url: str, tmp_path: Path) -> None:
    course = course_at(tmp_path / "course")
    first = await learnflow_course("load", course, url=database_url)
    assert first.stdout.endswith("2 new.\n"), first.stderr
    again = await learnflow_course("load", course, "--json", url=database_url)
    assert [each["outcome"] for each in json.loads(again.stdout)] == ["unchanged", "unchanged"]
    written = await learnflow_course("export", tmp_path / "out", url=database_url)
    assert "2 exercises written" in written.stdout
    from_export = await learnflow_course("load", tmp_path / "out", url=database_url)
    assert from_export.stdout == "Nothing changed: all 2 exercises are as in the files.\n"
    refused = await learnflow_course("export", tmp_path / "out", url=database_url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "not empty" in refused.stderr


async def test_nothing_is_loaded_from_a_course_with_faults(database_url: str, tmp_path: Path) -> None:
    course = course_at(tmp_path, **{"01-basics/double/solution.py": None})
    done = await learnflow_course("load", course, url=database_url)
    assert done.returncode == 1
    assert "01-basics/double/solution.py: This file is missing." in done.stderr
    assert "Nothing was loaded." in done.stderr
