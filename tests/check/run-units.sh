#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every unit test program of a build folder and counts.   run-units.sh BUILD/VARIANT
b=${1:?usage: run-units.sh BUILD}
pass=0 fail=0
for t in "$b"/tests/unit/test_*; do
	case $t in *.o | *.d) continue ;; esac
	[ -x "$t" ] || continue
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
