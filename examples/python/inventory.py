"""Runs a program of Erlang that calls back into Python."""

import sys

import atomvm

PRICES = {"apples": 2, "pears": 5}


def price(item: bytes) -> int:
    return PRICES[item.decode()]


vm = atomvm.VM(memory_limit=64 << 20)
vm.register("host", "price", 1, price)
goods = vm.run(sys.argv[1])
print(vm.output, end="")
print("total:", goods[atomvm.Atom("total")])

# The process that keeps the stock still lives.
vm.send("stock", (atomvm.Atom("add"), "quinces", 1))
try:
    vm.call("host", "price", b"quinces")
except atomvm.ErlangError as error:
    print(f"{error.erl_class}: {error.reason}, because of {error.__cause__!r}")
