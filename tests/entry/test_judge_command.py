"""`learnflow judge EXERCISE_DIR FILE` and `learnflow judge doctor`, as they are typed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXERCISE = Path(__file__).parents[2] / "curriculum" / "01-basics" / "add-two-numbers"


def learnflow(
    *words: str, path: str = "/usr/bin:/bin", modules: str = "", lowest: str = ""
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "learnflow.entry.cli", "judge", *words]
    environment = {"PATH": path, "LEARNFLOW_JUDGE_MODULES": modules, "LEARNFLOW_JUDGE_LOWEST_TIER": lowest}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_doctor_says_full_here() -> None:
    done = learnflow("doctor")
    assert done.returncode == 0
    assert "Isolation tier: full" in done.stdout
    assert json.loads(learnflow("doctor", "--json").stdout)["tier"] == "full"


def test_the_doctor_names_what_is_missing_and_the_command_that_mends_it(tmp_path: Path) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    done = learnflow("doctor", path=str(tmp_path))
    assert done.returncode == 1
    assert "apt-get install bubblewrap" in done.stdout
    report = json.loads(learnflow("doctor", "--json", path=str(tmp_path)).stdout)
    states = {state["tier"]: state for state in report["tiers"]}
    assert report["tier"] == ("reduced" if states["reduced"]["offered"] else "none")
    assert not states["full"]["offered"]
    assert [finding["fix"] for finding in states["full"]["findings"]] == ["apt-get install bubblewrap"]
    assert "LEARNFLOW_JUDGE_LOWEST_TIER=none (only in development" in done.stdout


def test_the_doctor_knows_which_tier_is_accepted(tmp_path: Path) -> None:
    refused = learnflow("doctor", path=str(tmp_path))
    assert "Nothing is judged" in refused.stdout
    accepted = learnflow("doctor", path=str(tmp_path), lowest="none", modules="numpy")
    assert accepted.returncode == 1
    assert "LEARNFLOW_JUDGE_LOWEST_TIER=none accepts it" in accepted.stdout
    assert "Nothing is judged" not in accepted.stdout
    assert "To judge with it" not in accepted.stdout
    assert "Modules (numpy): not tried" in accepted.stdout


def test_where_nothing_can_be_judged_no_tier_is_named_as_if_it_were_used(tmp_path: Path) -> None:
    (tmp_path / "answer.py").write_text("def add(a, b):\n    return a + b\n")
    done = learnflow(str(EXERCISE), str(tmp_path / "answer.py"), path=str(tmp_path))
    assert done.returncode == 1
    assert "The judge can't work here: bubblewrap is not installed." in done.stderr
    assert "Isolation tier" not in done.stderr


def test_the_doctor_lists_the_offered_modules_and_why_one_can_not_be_used() -> None:
    done = learnflow("doctor", modules="numpy")
    assert done.returncode == 0
    assert "Module numpy: 2." in done.stdout
    assert "MB, ready after" in done.stdout
    done = learnflow("doctor", modules="numpy,no_such_module")
    assert done.returncode == 1
    assert "Module no_such_module: can't be used." in done.stdout
    assert sys.executable in done.stdout
    report = json.loads(learnflow("doctor", "--json", modules="numpy,no_such_module").stdout)
    assert [(module["name"], module["fault"] is None) for module in report["modules"]] == [
        ("numpy", True),
        ("no_such_module", False),
    ]
    assert "LEARNFLOW_JUDGE_MODULES" in learnflow("doctor", modules="os").stderr


def test_an_exercise_on_disk_may_use_what_is_offered(tmp_path: Path) -> None:
    shutil.copytree(EXERCISE, tmp_path / "exercise")
    with (tmp_path / "exercise" / "exercise.yaml").open("a") as file:
        file.write("modules: [numpy]\n")
    (tmp_path / "answer.py").write_text("import numpy\ndef add(a, b):\n    return numpy.add(a, b)\n")
    words = [str(tmp_path / "exercise"), str(tmp_path / "answer.py"), "--json"]
    done = learnflow(*words, modules="numpy")
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)["modules"]) == ["numpy"]
    refused = learnflow(*words)
    assert refused.returncode == 1
    assert "modules[0]: The module numpy is not offered here" in refused.stderr


@pytest.mark.parametrize("option_first", [False, True])
def test_a_first_word_that_is_no_command_is_an_exercise(tmp_path: Path, *, option_first: bool) -> None:
    (tmp_path / "empty.py").write_text("")
    words = [str(EXERCISE), str(tmp_path / "empty.py")]
    done = learnflow(*(["--json", *words] if option_first else [*words, "--json"]))
    assert done.returncode == 1
    assert json.loads(done.stdout)["passed"] is False


def test_an_exercise_that_is_not_there_is_told() -> None:
    done = learnflow("no-such-folder", "no-such-file")
    assert done.returncode == 2
    assert "no-such-folder" in done.stderr


def test_of_generated_inputs_the_smallest_that_fails_is_printed() -> None:
    exercise = EXERCISE.with_name("next-bus")
    wrong = exercise / "wrong" / "misses_the_bus_that_is_there.py"
    done = learnflow(str(exercise), str(wrong))
    assert done.returncode == 1
    assert "wait(0, 1): Your function returned 1, but 0 was expected. The smallest failing input found" in done.stdout
