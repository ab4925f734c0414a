#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything that `make check` runs, part by part, and one total at the end.   all.sh [PART...]
#
# A part that prints "N passed, M failed" adds those; any other adds one to either side.
cd "$(dirname "$0")/../.." || exit 2
out=build/check
mkdir -p "$out"
only=" $* "
: > "$out/counts"

# part NAME SECONDS COMMAND...
part() {
	local name=$1 limit=$2 log=$out/$1.log rc=0 begun=$SECONDS line p f
	shift 2
	[ "$only" = "  " ] || [[ $only == *" $name "* ]] || return 0
	timeout -k 10 "$limit" "$@" > "$log" 2>&1 || rc=$?
	line=$(grep -oE '[0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
	p=${line%% *} f=${line##*, } f=${f%% *}
	[ -n "$line" ] || { p=$((rc == 0)) f=0; }
	[ $rc = 0 ] || [ "$f" -gt 0 ] || f=1
	echo "$p $f" >> "$out/counts"
	printf '%-12s %4d s   %4d passed, %d failed\n' "$name" $((SECONDS - begun)) "$p" "$f"
	[ "$f" = 0 ] || { grep -vE '^ok ' "$log" | tail -120; echo "    (all of it: $log)"; }
}
jobs=$(nproc)
threaded=$(grep -lE 'pthread|media_open|media_pair|media_conference|line_audios_open|records_open|resolve|watchdog' tests/unit/test_*.c |
	xargs -n1 basename -s .c)
unit_paths=$(for t in $threaded; do echo "build/tsan/tests/unit/$t"; done)
# What keeps the processors busy, measures how long something takes, or compares octets. All other calls wait for rings, cadences and timers.
busy='test_audio,test_peers,test_soak,test_isdn_load,test_sipp,test_operation,test_data,test_reload'

part build-gcc 600 make -s -j"$jobs" everything
part style 60 tests/check/style.sh
# Tests that wait leave the processors to what only computes, which takes only what nobody else wants. Unit programs and whole calls
# have no port in common.
behind() { renice -n 19 $BASHPID > /dev/null; }
(
	behind
	part build-clang 900 make -s -j"$jobs" VARIANT=clang everything
	part build-asan 900 make -s -j"$jobs" VARIANT=asan OPT='-O1 -g' everything
	# shellcheck disable=SC2086
	part build-tsan 900 make -s -j"$jobs" VARIANT=tsan OPT='-O1 -g' all $unit_paths
	part corpora 300 tests/check/corpora.sh build/asan
) &
part units 200 tests/check/run-units.sh build/gcc &
part bad-conf 120 tests/check/conf-bad.sh
part install 120 tests/check/install.sh
part lines 600 tests/calls/run.py --build build/gcc -j 7 -k "!${busy//,/,!}"
wait
part calls 600 tests/calls/run.py --build build/gcc -j 2 -k "$busy"
part units-asan 300 tests/check/run-units.sh build/asan
# shellcheck disable=SC2086
part units-tsan 300 tests/check/run-units.sh build/tsan $threaded &
part calls-asan 300 tests/calls/run.py --build build/asan -j 3 -k test_demo,test_sipp,test_soak,_reload,_clear,_stop,span_down,pulled,Stranger,next_dest,bad_conf
part lines-asan 400 tests/calls/run.py --build build/asan -j 6 -k test_phones,three_way,transfer,call_waiting
part calls-tsan 120 tests/calls/run.py --build build/tsan -k 'test_office_to_telco_and_back'
wait
awk '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f; exit !(p && !f) }' "$out/counts"
