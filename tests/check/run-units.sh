#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs unit test programs of a build folder and counts.   run-units.sh BUILD/VARIANT [NAME...]   (default: all)
# Side by side: those that move audio at its true rate (they wait most of the time) and those that speak SIP are a row
# each, since within a row they take the same ports; all others share what processors there are.
b=${1:?usage: run-units.sh BUILD [NAME...]}
shift
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$(dirname "$0")/../unit" && ls test_*.c | sed 's/\.c$//')
export b ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1"

run() {
	local t=$b/tests/unit/$1
	if timeout 120 "$t" > "$t.log" 2>&1; then
		echo "ok $1"
	else
		printf '%s\n' "FAILED $t" "$(tail -40 "$t.log")"
	fi
}
export -f run
row() {	# AT-ONCE NAME...
	local n=$1
	shift
	[ $# = 0 ] || printf '%s\n' "$@" | xargs -P "$n" -I{} bash -c 'run {}'
}

media=() sip=() others=()
for name in "$@"; do
	case $name in
	test_media* | test_line_audio) media+=("$name") ;;
	test_sip* | test_resolve) sip+=("$name") ;;
	*) others+=("$name") ;;
	esac
done
out=$(mktemp -d)
row 1 "${media[@]}" > "$out/media" &
row 1 "${sip[@]}" > "$out/sip" &
row "$(nproc)" "${others[@]}" > "$out/others"
wait
cat "$out"/*
pass=$(cat "$out"/* | grep -c '^ok test_')
fail=$(cat "$out"/* | grep -c '^FAILED ')
rm -rf "$out"
echo "unit tests ($b): $pass passed, $fail failed"
[ "$fail" = 0 ] && [ "$pass" = $# ]
