#!/usr/bin/env bash
# The commands behave as their users expect: tests with eunit, applications from a pack, the shell from
# a pipe and on a terminal, closed pipes, signals, exit codes.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -q -p atomvm-cli
bin="$(realpath "${CARGO_TARGET_DIR:-target}")/debug"
atomvm="$bin/atomvm"
work=$(mktemp -d)
session="atomvm-check-$$"
# A server of its own: one that runs already has another environment.
tmux() { command tmux -L "$session" "$@"; }
trap 'tmux kill-session -t "$session" 2>/dev/null || true; rm -rf "$work"' EXIT
cp tests/commands/* "$work"
cd "$work"
erlc +debug_info ./*.erl
failed=0

# is NAME WANTED SAID
is() {
    if [ "$2" != "$3" ]; then
        printf '  %s: wanted\n%s\n  but got\n%s\n' "$1" "$2" "$3" >&2
        failed=1
    fi
}

# code COMMAND...: its exit code.
code() {
    local status=0
    "$@" >said 2>&1 </dev/null || status=$?
    echo $status
}

# eunit
is "eunit, exit code" 0 "$(code "$atomvm" eunit good.beam good_tests.beam)"
is "eunit" "  All 4 tests passed." "$(cat said)"
is "eunit with failures, exit code" 1 "$(code "$atomvm" eunit bad_tests.beam)"
erl -noshell -eval 'eunit:test(bad_tests), halt().' >otp 2>&1 </dev/null
is "eunit with failures" "$(cat otp)" "$(cat said)"
is "eunit of a pack with a report" 0 "$("$bin/packbeam" create t.avm good.beam good_tests.beam &&
    code "$atomvm" eunit --xml reports t.avm)"
is "the report" 1 "$(grep -c '<testsuite tests="4" failures="0" errors="0" skipped="0"' reports/TEST-good.xml)"
is "eunit without a module" 1 "$(code "$atomvm" eunit nowhere)"

# Applications
"$bin/packbeam" create app.avm demo.beam demo.app demo_dep.app
is "an application" "$(printf 'started with green\n1.5')" "$("$atomvm" run app.avm -- report 2>&1 | head -2)"
"$atomvm" run app.avm --app demo --env demo color blue >said 2>&1 &
pid=$!
for _ in $(seq 100); do grep -q started said && break || sleep 0.1; done
kill -TERM $pid
status=0
wait $pid || status=$?
is "an application that is terminated" 0 "$status"
is "its words" "$(printf 'started with blue\nprepares\nstopped')" "$(grep -v REPORT said)"

# Ends
is "halt" 3 "$(code "$atomvm" run ends.beam -- halt)"
is "init:stop" 4 "$(code "$atomvm" run ends.beam -- stop)"
is "error" 1 "$(code "$atomvm" run ends.beam -- error)"
is "no file" 1 "$(code "$atomvm" run nowhere.beam)"
is "no arguments" 2 "$(code "$atomvm" run)"
set +e
"$atomvm" run ends.beam -- write | head -1 >said
status=${PIPESTATUS[0]}
set -e
is "a closed pipe" "line 141" "$(cat said) $status"
"$atomvm" run ends.beam -- wait &
pid=$!
sleep 1
kill -INT $pid
status=0
wait $pid || status=$?
is "an interrupt" 130 "$status"

# The shell says what OTP's says, but for its first line, and the pids.
shown() { tail -n +2 | sed -e 's/<[0-9.]*>/<pid>/g' -e 's/#Fun<[^>]*>/#Fun/g'; }
is "the shell" "$(erl <shell.input 2>&1 | shown)" "$("$atomvm" shell <shell.input 2>&1 | shown)"

# On a terminal
if command -v tmux >/dev/null; then
    export XDG_STATE_HOME="$work/state"
    tmux new-session -d -s "$session" -x 80 -y 50 "$atomvm shell; echo ended: \$?; sleep 60"
    screen() { tmux capture-pane -p -t "$session"; }
    # Waits until the screen's last line is as wanted.
    sees() {
        for _ in $(seq 100); do
            if screen | grep -v '^$' | tail -1 | grep -q -- "$1"; then return; fi
            sleep 0.1
        done
        is "the terminal" "$1" "$(screen | grep -v '^$')"
    }
    types() { tmux send-keys -t "$session" "$@"; }
    sees '^1>'
    types 'X = lists:rev' Tab '[1,2]).' Enter
    sees '^2>'
    types 'timer:sleep(infinity).' Enter
    sleep 1
    types C-c
    sees '^3>'
    types 'spoilt' C-c
    sleep 0.5
    types Up Up Enter
    sees '^4>'
    types 'spawn(fun() -> timer:sleep(1500), io:format("late~n") end).' Enter
    sees '^5>'
    # What another process says does not spoil the line.
    types 'tru.' Left
    for _ in $(seq 100); do screen | grep -q '^late' && break || sleep 0.1; done
    sees '^5> tru\.'
    types 'e' Enter
    sees '^6>'
    types C-d
    sees '^ended: 0'
    said=$(screen)
    for line in '\[2,1\]' '\*\* exception exit: killed' 'late' 'true'; do
        is "the terminal shows $line" yes "$(grep -q "^.*$line" <<<"$said" && echo yes || echo "$said")"
    done
    is "the history" "X = lists:reverse([1,2])." "$(sed -n 2p "$XDG_STATE_HOME/atomvm/shell_history")"
else
    echo "  skipped: a terminal (on Debian and Ubuntu: apt-get install tmux)" >&2
fi

[ $failed = 0 ] && echo "  the commands do what they should"
exit $failed
