@echo off
rem UNTESTED on Windows so far. The same words as ./run: setup, test, check, bench, berth; without a word, starts Berth.
setlocal
set "HERE=%~dp0"
set "VENV=%HERE%.venv"
set "UV_PYTHON_DOWNLOADS=never"
set "UV_PROJECT_ENVIRONMENT=%VENV%"
set "PYTHONUTF8=1"
if not exist "%VENV%\Scripts\python.exe" (
    py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" || (
        echo Berth needs Python 3.11 or newer from https://www.python.org/downloads/ 1>&2
        exit /b 1
    )
    py -3 -m venv "%VENV%" || exit /b 1
)
"%VENV%\Scripts\python.exe" -m uv --version >nul 2>&1 || "%VENV%\Scripts\python.exe" -m pip install --quiet "uv>=0.9" || exit /b 1
pushd "%HERE%"
"%VENV%\Scripts\python.exe" -m uv sync --quiet --frozen --inexact --python "%VENV%\Scripts\python.exe" || (popd & exit /b 1)
if "%~1"=="setup" (popd & exit /b 0)
if "%~1"=="test" goto :test
if "%~1"=="check" goto :check
if "%~1"=="bench" goto :bench
popd
if "%~1"=="" ("%VENV%\Scripts\berth.exe" demo & exit /b)
if "%~1"=="berth" goto :berth
"%VENV%\Scripts\berth.exe" %*
exit /b

:berth
for /f "tokens=1,*" %%a in ("%*") do "%VENV%\Scripts\berth.exe" %%b
exit /b

:test
if "%~2"=="long" ("%VENV%\Scripts\python.exe" -m pytest -m "") else ("%VENV%\Scripts\python.exe" -m pytest)
popd & exit /b

:check
"%VENV%\Scripts\ruff.exe" format --check . && "%VENV%\Scripts\ruff.exe" check . && "%VENV%\Scripts\mypy.exe" && "%VENV%\Scripts\lint-imports.exe"
popd & exit /b

:bench
"%VENV%\Scripts\python.exe" -m tests.bench
popd & exit /b
