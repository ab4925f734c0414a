#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs unit test programs of a build folder and counts.   run-units.sh BUILD/VARIANT [NAME...]   (default: all)
b=${1:?usage: run-units.sh BUILD [NAME...]}
shift
[ $# -gt 0 ] || set -- $(cd "$(dirname "$0")/../unit" && ls test_*.c | sed 's/\.c$//')
pass=0 fail=0
export ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1"
for name in "$@"; do
	t=$b/tests/unit/$name
	if timeout 120 "$t" > "$t.log" 2>&1; then
		pass=$((pass + 1))
	else
		fail=$((fail + 1))
		echo "FAILED $t"
		tail -40 "$t.log"
	fi
done
echo "unit tests ($b): $pass passed, $fail failed"
[ $fail = 0 ] && [ $pass -gt 0 ]
