"""Compiles the programs of the tests once."""

import signal
import subprocess
from pathlib import Path

import pytest

import atomvm

# A shell starts what it runs in the background deaf to interrupts, and some tests send them.
signal.signal(signal.SIGINT, signal.default_int_handler)

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """The folder of the compiled programs."""
    folder = tmp_path_factory.mktemp("programs")
    subprocess.run(["erlc", "-o", folder, *PROGRAMS.glob("*.erl")], check=True)
    return folder


@pytest.fixture
def probe(programs):
    """The path of the module that the tests call."""
    return programs / "probe.beam"


@pytest.fixture
def vm(probe):
    """A VM with the module that the tests call."""
    vm = atomvm.VM()
    vm.load(probe)
    return vm
