#!/usr/bin/env python3
"""Measures the programs of benches/programs on this VM and on OTP, in turn, and prints tables.

    benches/run.py [PROGRAM...] [--rounds N] [--times N] [--instructions]
    benches/run.py --count [PROGRAM...]         only the instructions of this VM
    benches/run.py --check FILE | --record FILE the same against recorded numbers, of the programs there

A round runs every program on OTP and then on this VM, so that what else the machine does falls on
both. The ratio of a round is that of the shortest times. Instructions are counted by valgrind, for one
run of a program without what the VM does for an empty one; they do not depend on the machine's load.
"""

import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
ATOMVM = str(TARGET / "release" / "atomvm")
OTP, HERE = "OTP", "atomvm"
# The command, not the word of the shell. Without it (Debian's package `time`) memory is not measured.
GNU_TIME = shutil.which("time")
# How many more instructions than recorded are a failure. What the clock decides (when a time slice
# of a test machine ends) moves a count by less than a hundredth of that.
TOLERANCE = 0.03
# Their work depends on the clock.
NOT_COUNTED = {"timers"}


def command(vm, folder, main, arguments):
    """The command that runs `main:start/0` on a VM."""
    if vm == OTP:
        return ["erl", "-noshell", "-nostick", "-pa", folder, "-s", main, "start", "-s", "init", "stop", "-extra", *arguments]
    return [ATOMVM, "run", f"{folder}/{main}.beam", "-pa", folder, "--", *arguments]


def run(arguments):
    """What a command wrote, and the most memory that it had, in KB (0: not known)."""
    # The system counts what a process had before it became another program, so it must be started by
    # a small one.
    with tempfile.NamedTemporaryFile("r") as peak:
        watch = [GNU_TIME, "-q", "-f", "%M", "-o", peak.name] if GNU_TIME else []
        ran = subprocess.run([*watch, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ran.returncode != 0:
            sys.exit(f"{' '.join(arguments)}: exit code {ran.returncode}\n{ran.stdout}")
        return ran.stdout, int(peak.read() or 0)


def shortest(vm, folder, program, times):
    """The shortest of several runs of a program, in microseconds, and the peak of memory."""
    output, memory = run(command(vm, folder, "measure", [program, str(times)]))
    runs = [line for line in output.splitlines() if line.isdigit()]
    if len(runs) != times:
        sys.exit(f"{program} on {vm}: {output}")
    return min(map(int, runs)), memory


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def speed(folder, programs, rounds, times, counts):
    """The table of all programs."""
    ratios = {program: [] for program in programs}
    best = {program: {OTP: math.inf, HERE: math.inf} for program in programs}
    memory = {program: {OTP: 0, HERE: 0} for program in programs}
    for number in range(rounds):
        for program in programs:
            took = {}
            for vm in (OTP, HERE):
                took[vm], peak = shortest(vm, folder, program, times)
                best[program][vm] = min(best[program][vm], took[vm])
                memory[program][vm] = max(memory[program][vm], peak)
            ratios[program].append(took[HERE] / took[OTP])
        if sys.stderr.isatty():
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    print(f"{'program':<12} {'OTP ms':>9} {'here ms':>9} {'ratio':>6}  {'from - to':<13} {'OTP MB':>7} {'here MB':>7} {'M instr':>9}")
    for program in programs:
        all_, times_, peak = ratios[program], best[program], memory[program]
        count = f"{counts[program] / 1e6:9.1f}" if program in counts else " " * 9
        print(
            f"{program:<12} {times_[OTP] / 1000:9.1f} {times_[HERE] / 1000:9.1f} {statistics.median(all_):6.2f}"
            f"  {min(all_):5.2f} - {max(all_):5.2f} {peak[OTP] / 1024:7.1f} {peak[HERE] / 1024:7.1f} {count}"
        )
    medians = [statistics.median(ratios[program]) for program in programs]
    print(f"{'geometric mean':<32} {geometric_mean(medians):6.2f}   worst {max(medians):.2f}")


def wall(arguments, times):
    """The shortest time of a whole command, in milliseconds, and its memory in MB."""
    best, memory = math.inf, 0
    for _ in range(times):
        start = time.perf_counter()
        _, peak = run(arguments)
        best, memory = min(best, time.perf_counter() - start), max(memory, peak)
    return best * 1000, memory / 1024


def capacity(folder):
    """The second table: start, loading, processes, packs."""
    print(f"\n{'':<44} {'OTP':>9} {'here':>9}")
    hello = {
        OTP: ["erl", "-noshell", "-pa", folder, "-s", "hello", "start", "-s", "init", "stop"],
        HERE: [ATOMVM, "run", f"{folder}/hello.beam"],
    }
    started = {vm: wall(hello[vm], 3 if vm == OTP else 20) for vm in hello}
    print(f"{'start and end of hello, ms':<44} {started[OTP][0]:9.1f} {started[HERE][0]:9.1f}")
    print(f"{'peak memory of hello, MB':<44} {started[OTP][1]:9.1f} {started[HERE][1]:9.1f}")
    ask = ["erl", "-noshell", "-eval", 'io:put_chars(filename:join(code:lib_dir(compiler), "ebin")), halt().']
    compiler = run(ask)[0].strip()
    loaded, processes, pauses = {}, {}, {}
    for vm in (OTP, HERE):
        output, _ = run(command(vm, folder, "capacity", ["loading", compiler]))
        loaded[vm] = list(map(int, output.split()[:3]))
        output, _ = run(command(vm, folder, "capacity", ["processes", "100000"]))
        processes[vm] = int(output.split()[0])
        output, _ = run(command(vm, folder, "capacity", ["pause", "64"]))
        took, live = map(int, output.split()[:2])
        pauses[vm] = took / 1000 / (live / 2**20)
    for name, index, unit in (("loading, microseconds per KB of Code", 0, 1024), ("memory after, bytes per byte of Code", 2, 1)):
        row = {vm: loaded[vm][index] / loaded[vm][1] * unit for vm in loaded}
        print(f"{name:<44} {row[OTP]:9.2f} {row[HERE]:9.2f}")
    print(f"{'bytes per idle process':<44} {processes[OTP]:9} {processes[HERE]:9}")
    print(f"{'full collection, ms per MB that lives':<44} {pauses[OTP]:9.2f} {pauses[HERE]:9.2f}")
    for pack in sorted((ROOT.parent / "shared" / "fixtures" / "otp25").glob("*.avm")):
        output = subprocess.run([ATOMVM, "run", str(pack)], capture_output=True, text=True)
        if output.returncode != 0:
            continue
        _, memory = wall([ATOMVM, "run", str(pack)], 3)
        name = f"{pack.name}, {pack.stat().st_size / 1024:.0f} KB: MB above hello"
        print(f"{name:<44} {'':>9} {memory - started[HERE][1]:9.1f}")


def instructions_of(folder, arguments):
    """How many instructions a command takes."""
    with tempfile.NamedTemporaryFile() as out:
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out.name}", *arguments]
        ran = subprocess.run(valgrind, capture_output=True, text=True)
        found = re.search(r"I\s+refs:\s+([\d,]+)", ran.stderr)
        if ran.returncode != 0 or not found:
            sys.exit(f"{' '.join(valgrind)}: {ran.stdout}{ran.stderr}")
        return int(found[1].replace(",", ""))


def count(folder, programs):
    """The instructions of one run of each program, and of all that is done for hello."""
    counted = [program for program in programs if program not in NOT_COUNTED]

    def one(program):
        return instructions_of(folder, command(HERE, folder, "measure", [program, "1"]))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        nothing = pool.submit(instructions_of, folder, command(HERE, folder, "measure", ["measure", "0"]))
        hello = pool.submit(instructions_of, folder, [ATOMVM, "run", f"{folder}/hello.beam"])
        totals = list(pool.map(one, counted))
        counts = {program: total - nothing.result() for program, total in zip(counted, totals)}
        return {"hello": hello.result(), **counts}


def tools():
    """What the counts depend on besides this project."""
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    ask = ["erl", "-noshell", "-eval", "io:put_chars(erlang:system_info(otp_release)), halt()."]
    libc = os.confstr("CS_GNU_LIBC_VERSION")
    return {"rustc": rustc, "otp": run(ask)[0].strip(), "libc": libc, "machine": os.uname().machine}


def check(counts, recorded):
    """Whether no program takes more instructions than recorded, with a line for each that changed."""
    good = True
    for program, now in counts.items():
        before = recorded["instructions"].get(program)
        if before is None:
            print(f"  {program}: {now} instructions, nothing recorded")
            good = False
            continue
        change = now / before - 1
        if abs(change) > TOLERANCE:
            print(f"  {program}: {now} instructions, {change:+.1%} against the recorded {before}")
        good = good and change <= TOLERANCE
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="all of them, if none is named")
    parser.add_argument("--rounds", type=int, default=5, help="how often each VM is asked (5)")
    parser.add_argument("--times", type=int, default=5, help="runs of a program in a round (5)")
    parser.add_argument("--instructions", action="store_true", help="count instructions, too")
    parser.add_argument("--count", action="store_true", help="count instructions only")
    parser.add_argument("--check", metavar="FILE", help="fail where a count is above the recorded one")
    parser.add_argument("--record", metavar="FILE", help="record the counts")
    options = parser.parse_args()
    known = sorted(path.stem for path in (ROOT / "benches" / "programs").glob("*.erl"))
    file = options.check or options.record
    recorded = json.loads(pathlib.Path(file).read_text()) if file and os.path.exists(file) else None
    programs = options.programs or [name for name in known if not recorded or name in recorded["instructions"]]
    for program in programs:
        if program not in known:
            parser.error(f"there is no program {program} in benches/programs")
    with tempfile.TemporaryDirectory() as folder:
        sources = [*ROOT.glob("benches/*.erl"), *(ROOT / "benches" / "programs").glob("*.erl"), ROOT / "examples" / "hello" / "hello.erl"]
        subprocess.run(["erlc", "-o", folder, *map(str, sources)], check=True)
        if options.check:
            if not recorded:
                sys.exit(f"there is no {options.check}")
            if recorded["tools"] != tools():
                print(f"  instructions: not compared, they were recorded with {recorded['tools']}")
                return
            if not check(count(folder, programs), recorded):
                sys.exit("some programs take more instructions than recorded in " + options.check)
            print(f"  instructions of {len(programs)} programs: none more than {TOLERANCE:.0%} above the recorded ones")
        elif options.record:
            record = {"tools": tools(), "instructions": count(folder, programs)}
            pathlib.Path(options.record).write_text(json.dumps(record, indent=2) + "\n")
        elif options.count:
            for program, number in count(folder, programs).items():
                print(f"{program:<12} {number / 1e6:9.1f} M instructions")
        else:
            counts = count(folder, programs) if options.instructions else {}
            speed(folder, programs, options.rounds, options.times, counts)
            if not options.programs:
                capacity(folder)


if __name__ == "__main__":
    main()
