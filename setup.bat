@echo off
rem Set-up alone on Windows: virtual environment, dependencies, .env, database, course. Repeatable.
rem Windows is for development: the sandbox needs Linux (use WSL 2). LEARNFLOW_JUDGE_LOWEST_TIER=none judges without any.
setlocal
cd /d "%~dp0"

set "PY=python"
where py >nul 2>nul && set "PY=py -3"
%PY% -c "import sys; sys.exit(sys.version_info < (3, 11))" || (
  echo LearnFlow needs Python 3.11 or newer, from python.org or the Microsoft Store. 1>&2
  exit /b 1
)
if not exist .venv\Scripts\python.exe %PY% -m venv .venv || exit /b 1
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt || exit /b 1
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || exit /b 1
if not exist .env copy .env.example .env >nul
.venv\Scripts\learnflow prepare || exit /b 1
echo.
echo Start the server with:  .venv\Scripts\learnflow serve
