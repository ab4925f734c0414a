#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs unit test programs of a build folder and counts.   run-units.sh BUILD/VARIANT [NAME...]   (default: all)
# Those of the media path move audio at its true rate and wait most of the time: they run beside the others.
b=${1:?usage: run-units.sh BUILD [NAME...]}
shift
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$(dirname "$0")/../unit" && ls test_*.c | sed 's/\.c$//')
export ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1"

run() {
	local name t
	for name in "$@"; do
		t=$b/tests/unit/$name
		if timeout 120 "$t" > "$t.log" 2>&1; then
			echo "ok $name"
		else
			echo "FAILED $t"
			tail -40 "$t.log"
		fi
	done
}

media=() others=()
for name in "$@"; do
	case $name in
	test_media* | test_line_audio) media+=("$name") ;;
	*) others+=("$name") ;;
	esac
done
out=$(mktemp -d)
run "${media[@]}" > "$out/media" &
run "${others[@]}" > "$out/others"
wait
cat "$out/media" "$out/others"
pass=$(grep -hc '^ok test_' "$out/media" "$out/others" | awk '{ n += $1 } END { print n }')
fail=$(grep -hc '^FAILED ' "$out/media" "$out/others" | awk '{ n += $1 } END { print n }')
rm -rf "$out"
echo "unit tests ($b): $pass passed, $fail failed"
[ "$fail" = 0 ] && [ "$pass" -gt 0 ]
