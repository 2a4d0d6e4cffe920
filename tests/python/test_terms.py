"""Terms as objects of Python, and back."""

import copy
import math
import pickle

import pytest

import atomvm
from atomvm import Atom, BitString, ImproperList


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**59,
        -(2**59) - 1,
        2**63 - 1,
        -(2**63),
        2**64,
        -(10**100),
        3**4000,
        0.0,
        -1.5,
        1e308,
        b"",
        b"\x00\xff" * 100,
        Atom("ok"),
        Atom(""),
        Atom("with space"),
        Atom("ü" * 255),
        True,
        False,
        None,
        [],
        [1, 2, 3],
        (),
        (Atom("a"), [b"b", (1.0,)]),
        {},
        {Atom("a"): 1, b"b": {}, (1, 2): [3]},
        {number: str(number).encode() for number in range(100)},
        ImproperList([1, 2], 3),
        BitString(b"\x20", 3),
        BitString(b"\xff\xfe", 15),
    ],
)
def test_round_trip(vm, value):
    back = vm.call("probe", "id", value)
    assert back == value
    assert type(back) is type(value)


def test_what_becomes_a_binary(vm):
    assert vm.call("probe", "id", "grüße") == "grüße".encode()
    assert vm.call("probe", "id", bytearray(b"ab")) == b"ab"
    assert vm.call("probe", "id", memoryview(b"abcd")[::2]) == b"ac"
    assert vm.call("probe", "id", BitString(b"ab", 16)) == b"ab"


def test_terms_of_the_program(vm):
    assert vm.call("probe", "improper") == ImproperList([1, 2], 3)
    bits = vm.call("probe", "bits")
    assert (bits.data, bits.size, len(bits)) == (b"\x3f\xe0", 11, 11)
    assert vm.call("probe", "plain_map") == {Atom("a"): 1, b"b": [2, (3,)]}
    function = vm.call("probe", "function")
    assert isinstance(function, atomvm.Fun)
    assert repr(function).startswith("#Fun<probe.")
    with pytest.raises(ValueError, match="fun"):
        vm.call("probe", "id", function)


def test_maps_that_are_no_dict(vm):
    odd = vm.call("probe", "odd_map")
    assert isinstance(odd, atomvm.Map)
    expected = {"list": [1], "int": 1, "float": 1.0, "atom": True, "map": {}}
    for value, key in expected.items():
        assert odd[key] == Atom(value)
    assert len(odd) == 5
    assert [2] not in odd and False not in odd
    assert vm.call("probe", "id", odd) == odd
    assert odd != atomvm.Map([(1, Atom("int"))])
    with pytest.raises(KeyError):
        odd[2]
    assert vm.call("probe", "id", atomvm.Map([(1, 2), (1, 3)])) == {1: 3}


def test_identifiers(vm):
    pid, reference = vm.call("probe", "identifiers")
    assert isinstance(pid, atomvm.Pid) and isinstance(reference, atomvm.Reference)
    assert repr(pid).startswith("<0.") and repr(reference).startswith("#Ref<")
    assert vm.call("probe", "id", pid) == pid
    assert {vm.call("probe", "id", reference)} == {reference}
    assert pid != vm.call("probe", "identifiers")[0]
    assert not vm.is_alive(pid)


def test_identifiers_belong_to_one_vm(vm, probe):
    other = atomvm.VM()
    other.load(probe)
    for identifier in vm.call("probe", "identifiers"):
        with pytest.raises(ValueError, match="another VM"):
            other.call("probe", "id", identifier)
    assert vm.spawn("probe", "wait") != other.spawn("probe", "wait")


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j, range(3), [object()], {"a": object()}])
def test_what_is_no_term(vm, value):
    with pytest.raises(TypeError, match="cannot be a term"):
        vm.call("probe", "id", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], "\ud800"])
def test_bad_values(vm, value):
    with pytest.raises(ValueError):
        vm.call("probe", "id", value)


def test_depth_has_a_limit(vm):
    endless = []
    endless.append(endless)
    with pytest.raises(atomvm.ConversionError, match="too deep"):
        vm.call("probe", "id", endless)
    deep = vm.call("probe", "nested", 900)
    assert vm.call("probe", "id", deep) == deep
    with pytest.raises(atomvm.ConversionError, match="too deep"):
        vm.call("probe", "nested", 100_000)


def test_atoms():
    assert Atom("ok") == Atom("ok") != Atom("error")
    assert Atom("ok") != "ok"
    assert {Atom("ok"): 1}[Atom("ok")] == 1
    assert str(Atom("ok")) == Atom("ok").name == "ok"
    assert repr(Atom("it's")) == 'Atom("it\'s")'
    with pytest.raises(ValueError, match="255"):
        Atom("x" * 256)
    with pytest.raises(TypeError):
        Atom(1)


def test_bit_strings():
    assert BitString(b"\xff", 3) == BitString(b"\xe0", 3)
    assert repr(BitString(b"\xff", 3)) == "BitString(b'\\xe0', 3)"
    with pytest.raises(ValueError, match="9 bits do not fit"):
        BitString(b"\xff", 9)


def test_improper_lists(vm):
    assert vm.call("probe", "id", ImproperList([1], [2])) == [1, 2]
    assert vm.call("probe", "id", ImproperList([], 1)) == 1
    assert vm.call("probe", "id", ImproperList([1], ImproperList([2], 3))) == ImproperList([1, 2], 3)
    assert hash(ImproperList([1], 2)) == hash(ImproperList([1], 2))
    assert ImproperList([1], 2) != ImproperList([1], 3) != 1


@pytest.mark.parametrize("value", [Atom("ok"), BitString(b"\xe0", 3), ImproperList([1], 2)])
def test_copies(value):
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_texts():
    assert atomvm.charlist("hé") == [104, 233]
    assert atomvm.text([104, [b"\xc3\xa9", ImproperList([33], b"?")], []]) == "hé!?"
    assert atomvm.text(b"abc") == "abc"
    with pytest.raises(TypeError):
        atomvm.text([Atom("a")])
    with pytest.raises(ValueError):
        atomvm.text(b"\xff")
