"""What goes wrong."""

import pickle
import signal
import subprocess

import pytest

import atomvm
from atomvm import Atom


@pytest.mark.parametrize("erl_class", ["error", "exit", "throw"])
def test_exceptions(vm, erl_class):
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("probe", "raise", Atom(erl_class), (Atom("why"), [1, b"x"]))
    error = caught.value
    assert error.erl_class == erl_class
    assert error.reason == (Atom("why"), [1, b"x"])
    assert isinstance(error, atomvm.Error)


def test_stack_traces(vm):
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("probe", "deep", 3)
    error = caught.value
    assert error.reason == Atom("bottom")
    frame = error.stack[0]
    assert (frame.module, frame.function, frame.arity) == ("probe", "deep", 1)
    assert frame.file.endswith("probe.erl")
    assert frame.line > 1
    assert "bottom" in str(error)
    assert "{probe,deep,1," in str(error)
    assert f"{{line,{frame.line}}}" in str(error)


def test_undefined_function(vm):
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("nowhere", "nothing", 1)
    assert caught.value.reason == Atom("undef")
    assert caught.value.stack[0][:3] == ("nowhere", "nothing", 1)


def test_halt(vm):
    with pytest.raises(atomvm.HaltError) as caught:
        vm.call("probe", "halt_with", 3)
    assert caught.value.status == 3
    with pytest.raises(atomvm.HaltError):
        vm.call("probe", "id", 1)


def test_halt_with_a_text(vm):
    with pytest.raises(atomvm.HaltError, match="gone") as caught:
        vm.call("probe", "halt_with", atomvm.charlist("gone"))
    assert caught.value.status == 1


def test_memory_limit(probe):
    vm = atomvm.VM(memory_limit=32 << 20)
    vm.load(probe)
    with pytest.raises(atomvm.LimitError) as caught:
        vm.call("probe", "grow", [])
    assert caught.value.limit == "memory"
    assert vm.memory().peak <= 32 << 20


def test_too_little_memory(probe):
    with pytest.raises(atomvm.LimitError):
        vm = atomvm.VM(memory_limit=1000)
        vm.load(probe)
        vm.call("probe", "id", 1)


def test_process_limit(probe):
    vm = atomvm.VM(process_limit=50)
    vm.load(probe)
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("probe", "breed", 0)
    assert caught.value.reason == Atom("system_limit")
    vm.spawn("probe", "wait")
    with pytest.raises(atomvm.LimitError) as caught:
        vm.call("probe", "id", 1)
    assert caught.value.limit == "processes"


def test_reduction_limit(probe):
    vm = atomvm.VM(reduction_limit=1_000_000)
    vm.load(probe)
    with pytest.raises(atomvm.LimitError) as caught:
        vm.call("probe", "forever")
    assert caught.value.limit == "reductions"


def test_no_entry_point(programs):
    with pytest.raises(atomvm.NoEntryPoint, match="start/0"):
        atomvm.VM().run(programs / "library.beam")
    with pytest.raises(atomvm.NoEntryPoint):
        atomvm.VM().run()


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        atomvm.VM().run(tmp_path / "nothing.avm")
    assert "nothing.avm" in str(caught.value)
    with pytest.raises(OSError):
        atomvm.VM().load(tmp_path)


@pytest.mark.parametrize("contents", [b"", b"\x7fELF and more", b"FOR1\x00\x00\x00\x04BEAM"])
def test_foreign_files(tmp_path, contents):
    file = tmp_path / "odd.avm"
    file.write_bytes(contents)
    with pytest.raises(atomvm.LoadError) as caught:
        atomvm.VM().run(file)
    assert caught.value.file == str(file)
    assert caught.value.reason in str(caught.value)
    assert "odd.avm" in str(caught.value)
    with pytest.raises(atomvm.LoadError):
        atomvm.VM().load(contents)


def test_truncated_files(probe):
    whole = probe.read_bytes()
    for length in range(0, len(whole), 97):
        vm = atomvm.VM(library=False)
        with pytest.raises(atomvm.Error):
            vm.load(whole[:length])
            vm.call("probe", "id", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        {"memory_limit": "much"},
        {"memory_limit": 1.5},
        {"stdout": 1},
        {"stderr": "file"},
        {"code_path": "folder"},
        {"code_path": [1]},
        {"seed": "x"},
        {"unknown": 1},
    ],
)
def test_arguments_of_wrong_type(arguments):
    with pytest.raises(TypeError):
        atomvm.VM(**arguments)


@pytest.mark.parametrize(
    "arguments", [{"memory_limit": -1}, {"memory_limit": 0}, {"process_limit": 2**64}, {"seed": -1}]
)
def test_arguments_of_wrong_value(arguments):
    with pytest.raises(ValueError):
        atomvm.VM(**arguments)


def test_wrong_calls(vm):
    with pytest.raises(TypeError):
        vm.load(1)
    with pytest.raises(TypeError):
        vm.call(1, "id")
    with pytest.raises(TypeError):
        vm.send(1, 2)
    with pytest.raises(TypeError):
        vm.run(args=[1])
    with pytest.raises(ValueError, match="255"):
        vm.call("x" * 300, "id")
    with pytest.raises(ValueError, match="255"):
        vm.register("host", "f", 256, print)
    with pytest.raises(TypeError):
        vm.register("host", "f", 1, None)


def test_exceptions_can_be_pickled(vm):
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("probe", "raise", Atom("exit"), Atom("why"))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.erl_class, copy.reason, str(copy)) == ("exit", Atom("why"), str(caught.value))
    assert copy.stack == caught.value.stack
    assert pickle.loads(pickle.dumps(atomvm.HaltError("x", 3))).status == 3


def test_interrupt_ends_the_process(programs):
    """As it does for any program of Python."""
    import sys

    script = (
        "import atomvm, sys; vm = atomvm.VM(code_path=[sys.argv[1]]); "
        "print('ready', flush=True); vm.call('probe', 'forever')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, programs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
