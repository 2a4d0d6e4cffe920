"""Prints the table of scripts/bench-parallel.sh from the files that it left in a folder:
`VM.SCHEDULERS.ROUND`, each with a line of times for each workload."""

import statistics
import sys

FOLDER, ROUNDS = sys.argv[1], int(sys.argv[2])
HERE, OTP = "atomvm", "otp"


def read(vm, count, number):
    """The times of each workload in a round, in the order of the file."""
    with open(f"{FOLDER}/{vm}.{count}.{number}") as lines:
        parts = [line.split() for line in lines]
    return {name: [int(time) for time in times] for name, *times in parts}


rounds = range(1, ROUNDS + 1)
runs = {(vm, count): [read(vm, count, number) for number in rounds] for vm in (HERE, OTP) for count in (1, 2)}


def times(vm, count, name):
    return [time for run in runs[vm, count] for time in run[name]]


def middle(vm, count, name):
    return statistics.median(times(vm, count, name))


def shown(vm, count, name):
    """The median with the quartiles."""
    low, median, high = statistics.quantiles(times(vm, count, name), n=4, method="inclusive")
    return f"{median:.0f} ({low:.0f} to {high:.0f})"


def ratios(name):
    """This VM's time as a part of OTP's on two schedulers, in each round."""
    pairs = zip(runs[HERE, 2], runs[OTP, 2])
    return [statistics.median(here[name]) / statistics.median(otp[name]) for here, otp in pairs]


print("| workload | 1 scheduler | 2 schedulers | speed-up | OTP, 1 | OTP, 2 | its speed-up | ratio on 2 |")
print("|---|--:|--:|--:|--:|--:|--:|--:|")
for name in runs[HERE, 1][0]:
    speed_up = {vm: middle(vm, 1, name) / middle(vm, 2, name) for vm in (HERE, OTP)}
    ratio = ratios(name)
    cells = [
        name,
        shown(HERE, 1, name),
        shown(HERE, 2, name),
        f"{speed_up[HERE]:.2f}",
        shown(OTP, 1, name),
        shown(OTP, 2, name),
        f"{speed_up[OTP]:.2f}",
        f"{statistics.median(ratio):.2f} ({min(ratio):.2f} to {max(ratio):.2f})",
    ]
    print("| " + " | ".join(cells) + " |")
