"""Fixtures for tests of programs: they are there when the package is installed.

``atomvm_vm``
    A new VM, whose output is captured.
``erlang``
    A function that compiles Erlang source with ``erlc`` and loads it into ``atomvm_vm``. The test
    is skipped where there is no ``erlc``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from . import VM


@pytest.fixture
def atomvm_vm() -> VM:
    """A new VM, whose output is captured."""
    return VM()


@pytest.fixture
def erlang(atomvm_vm: VM, tmp_path: Path) -> Callable[[str], VM]:
    """Compiles the source of a module, loads it, and returns the VM."""
    erlc = shutil.which("erlc")
    if erlc is None:
        pytest.skip("erlc is not installed")

    def load(source: str) -> VM:
        name = re.search(r"^-module\((\w+)\)", source, re.MULTILINE)
        if name is None:
            raise ValueError("the source has no line -module(Name).")
        file = tmp_path / f"{name[1]}.erl"
        file.write_text(source, encoding="utf-8")
        done = subprocess.run(
            [erlc, "+debug_info", "-o", tmp_path, file], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ValueError(done.stdout + done.stderr)
        atomvm_vm.load(file.with_suffix(".beam"))
        return atomvm_vm

    return load
