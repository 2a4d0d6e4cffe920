"""Running programs."""

import gc
import io
import os
import signal
import threading
import time
import weakref

import pytest

import atomvm
from atomvm import Atom


def test_run(probe):
    vm = atomvm.VM()
    assert vm.run(probe) == (Atom("ok"), [])
    assert vm.output == "hello ö\n"
    assert vm.errors == ""
    vm.clear_output()
    assert vm.output == ""


def test_run_with_arguments(probe):
    vm = atomvm.VM()
    ok, args = vm.run(str(probe), args=["one", "zwei ö"])
    assert [atomvm.text(arg) for arg in args] == ["one", "zwei ö"]
    assert [atomvm.text(arg) for arg in vm.call("probe", "arguments")] == ["one", "zwei ö"]


def test_run_from_bytes_and_again(probe):
    vm = atomvm.VM()
    vm.load(probe.read_bytes())
    assert vm.run() == vm.run() == (Atom("ok"), [])


def test_first_module_with_start_runs(programs):
    vm = atomvm.VM()
    assert vm.run(programs / "library.beam", programs / "probe.beam") == (Atom("ok"), [])
    assert vm.call("library", "answer") == 42


def test_steps(vm):
    vm.start()
    vm.start()
    steps = []
    while not steps or steps[-1].state != "done":
        steps.append(vm.step(10))
    assert steps[0] == ("ran", None, None)
    assert steps[-1] == ("done", None, (Atom("ok"), []))
    assert len(steps) > 5
    assert vm.step() == ("idle", None, None)
    vm.spawn("probe", "sleep", 10_000)
    assert 9 < vm.step().wait <= 10


def test_code_path(programs):
    vm = atomvm.VM(code_path=[programs])
    assert vm.call("library", "answer") == 42
    assert vm.call(Atom("library"), Atom("answer")) == 42


def test_without_library(probe):
    vm = atomvm.VM(library=False)
    vm.load(probe)
    assert vm.call("probe", "id", 1) == 1
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("probe", "sum", [1])
    assert caught.value.reason == Atom("undef")


def test_processes(vm):
    echo = vm.spawn("probe", "echo")
    assert isinstance(echo, atomvm.Pid)
    assert vm.is_alive(echo)
    assert vm.send(echo, (Atom("tell"), "hi"))
    assert vm.output == ""
    vm.step()
    assert vm.output == "hi\n"
    assert vm.whereis("nobody") is None
    vm.call("erlang", "register", Atom("echo"), echo)
    assert vm.whereis("echo") == echo
    assert vm.send("echo", (Atom("tell"), "ho")) and vm.send(Atom("echo"), (Atom("tell"), "ha"))
    vm.step()
    assert vm.output == "hi\nho\nha\n"
    assert vm.exit(echo)
    vm.step()
    assert not vm.is_alive(echo)
    assert vm.send(echo, 1) is False
    with pytest.raises(ValueError, match="nobody"):
        vm.send("nobody", 1)


def test_memory(vm):
    vm.call("probe", "id", 1)
    memory = vm.memory()
    assert 0 < memory.used <= memory.peak
    assert memory.limit is None
    assert atomvm.VM(memory_limit=1 << 28).memory().limit == 1 << 28


def test_output_to_a_function(probe):
    parts = []
    vm = atomvm.VM(stdout=parts.append)
    vm.load(probe)
    vm.call("probe", "say", "grüße, 世界 🌍")
    assert "".join(parts) == "grüße, 世界 🌍"
    assert vm.output == ""


def test_output_to_files(probe, capsys):
    for file, expected in [(io.StringIO(), "ö\n"), (io.BytesIO(), "ö\n".encode())]:
        vm = atomvm.VM(stdout=file)
        vm.load(probe)
        vm.call("probe", "say", "ö\n")
        assert file.getvalue() == expected
    import sys

    vm = atomvm.VM(stdout=sys.stdout)
    vm.load(probe)
    vm.call("probe", "say", "seen")
    assert capsys.readouterr().out == "seen"


def test_reports_of_errors(probe):
    vm = atomvm.VM()
    vm.load(probe)
    vm.spawn("probe", "raise", Atom("error"), Atom("oops"))
    deadline = time.monotonic() + 10
    while "oops" not in vm.errors and time.monotonic() < deadline:
        vm.step()
    assert "oops" in vm.errors


def test_output_that_fails(vm, probe):
    def fail(text):
        raise OSError("disk full")

    vm = atomvm.VM(stdout=fail)
    vm.load(probe)
    with pytest.raises(OSError, match="disk full"):
        vm.call("probe", "say", "text")


def test_other_threads_run(vm):
    """The VM runs without Python's lock."""
    turns = []
    stop = threading.Event()

    def work():
        while not stop.is_set():
            turns.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    try:
        start = time.monotonic()
        vm.call("probe", "count", 3_000_000)
        end = time.monotonic()
    finally:
        stop.set()
        thread.join()
    assert sum(start < turn < end for turn in turns) > 100


def test_two_vms_in_two_threads(probe):
    results = {}

    def work(number):
        vm = atomvm.VM()
        vm.load(probe)
        vm.register("host", "number", 0, lambda: number)
        results[number] = [vm.call("probe", "host", Atom("number"), []) for _ in range(50)]
        vm.call("probe", "count", 300_000)
        vm.call("probe", "say", str(number))
        results[number].append(vm.output)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [number] * 50 + [str(number)] for number in range(4)}


def test_one_vm_in_two_threads(vm):
    """Threads take turns; a message ends another thread's wait."""
    results = []
    waiting = vm.spawn("probe", "wait")
    vm.call("erlang", "register", Atom("waiting"), waiting)
    caller = threading.Thread(target=lambda: results.append(vm.call("probe", "sleep", 300)))
    caller.start()
    assert vm.call("probe", "sum", [1, 2]) == 3
    assert vm.send("waiting", Atom("stop"))
    caller.join()
    assert results == [Atom("done")]
    assert not vm.is_alive(waiting)


@pytest.mark.parametrize("function", ["forever", "wait"])
def test_keyboard_interrupt(vm, function):
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        vm.call("probe", function)
    # The call is gone, and the VM is as good as before.
    assert vm.call("probe", "sum", [1, 2]) == 3
    assert vm.step().state == "idle"


def test_cycles_are_collected(probe):
    class Holder:
        pass

    holder = Holder()
    holder.vm = atomvm.VM(stdout=lambda text: holder)
    holder.vm.register("host", "me", 0, lambda: holder)
    gone = weakref.ref(holder)
    del holder
    gc.collect()
    assert gone() is None
