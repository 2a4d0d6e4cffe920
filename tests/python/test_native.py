"""Functions of Python that a program calls."""

import pytest

import atomvm
from atomvm import Atom


def test_call(vm):
    vm.register("host", "add", 2, lambda a, b: a + b)
    assert vm.call("probe", "host", Atom("add"), [1, 2**70]) == 2**70 + 1
    assert vm.call("host", "add", b"a", b"b") == b"ab"


def test_nothing_is_undefined(vm):
    vm.register("host", "nothing", 0, lambda: None)
    assert vm.call("probe", "host", Atom("nothing"), []) is None


def test_functions_may_come_late(vm):
    with pytest.raises(atomvm.ErlangError):
        vm.call("probe", "host", Atom("late"), [])
    vm.register("host", "late", 0, lambda: 1)
    assert vm.call("probe", "host", Atom("late"), []) == 1
    vm.register("host", "late", 0, lambda: 2)
    assert vm.call("probe", "host", Atom("late"), []) == 2


def test_exceptions_become_errors(vm):
    def fail(text):
        raise KeyError(text)

    vm.register("host", "fail", 1, fail)
    reason = (Atom("python_error"), b"KeyError", b"'why'")
    call = ("probe", "guarded", Atom("fail"), [Atom("x")], Atom("error"))
    assert vm.call(*call)[2][:2] == reason[:2]
    with pytest.raises(atomvm.ErlangError) as caught:
        vm.call("host", "fail", "why")
    assert caught.value.erl_class == "error"
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("erl_class", ["error", "exit", "throw"])
def test_erlang_errors_pass(vm, erl_class):
    def fail():
        raise atomvm.ErlangError(erl_class, (Atom("bad"), 1))

    vm.register("host", "fail", 0, fail)
    caught = vm.call("probe", "guarded", Atom("fail"), [], Atom(erl_class))
    assert caught == (Atom("caught"), Atom(erl_class), (Atom("bad"), 1))


def test_results_that_are_no_terms(vm):
    vm.register("host", "odd", 0, object)
    caught = vm.call("probe", "guarded", Atom("odd"), [], Atom("error"))
    assert caught[2][:2] == (Atom("python_error"), b"TypeError")


def test_interrupts_reach_the_caller(vm):
    def interrupt():
        raise KeyboardInterrupt

    vm.register("host", "interrupt", 0, interrupt)
    with pytest.raises(KeyboardInterrupt):
        vm.call("probe", "guarded", Atom("interrupt"), [], Atom("exit"))
    assert vm.call("probe", "id", 1) == 1


def test_messages_from_functions(vm):
    def send(to):
        return vm.send(to, Atom("stop"))

    vm.register("host", "send", 1, send)
    waiting = vm.spawn("probe", "wait")
    assert vm.call("probe", "host", Atom("send"), [waiting]) is True
    vm.step()
    assert not vm.is_alive(waiting)


def test_functions_cannot_run_the_vm(vm):
    errors = []

    def nested():
        for use in (lambda: vm.call("probe", "id", 1), vm.step, vm.memory):
            with pytest.raises(RuntimeError) as caught:
                use()
            errors.append(str(caught.value))

    vm.register("host", "nested", 0, nested)
    vm.call("probe", "host", Atom("nested"), [])
    assert len(errors) == 3
    assert "cannot use the VM" in errors[0]


def test_functions_may_use_other_vms(vm, probe):
    other = atomvm.VM()
    other.load(probe)
    vm.register("host", "other", 1, lambda n: other.call("probe", "id", n))
    assert vm.call("probe", "host", Atom("other"), [7]) == 7


def test_plugin(erlang):
    vm = erlang("-module(small).\n-export([f/0]).\nf() -> small.\n")
    assert vm.call("small", "f") == Atom("small")
