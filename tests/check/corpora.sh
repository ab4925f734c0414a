#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Replays every kept input through its parser's fuzzer.   corpora.sh BUILD/VARIANT
b=${1:?usage: corpora.sh BUILD}
cd "$(dirname "$0")/../.." || exit 2
pass=0 fail=0
for f in tests/fuzz/fuzz_*.c; do
	name=$(basename "$f" .c)
	corpus=tests/corpus/${name#fuzz_}
	[ -n "$(ls -A "$corpus" 2>/dev/null)" ] || { echo "FAILED $name: no seeds in $corpus"; fail=$((fail + 1)); continue; }
	if timeout 60 "$b/tests/fuzz/$name" "$corpus" > "$b/tests/fuzz/$name.log" 2>&1; then
		pass=$((pass + 1))
	else
		fail=$((fail + 1))
		echo "FAILED $name"
		tail -30 "$b/tests/fuzz/$name.log"
	fi
done
echo "corpora ($b): $pass passed, $fail failed"
[ $fail = 0 ] && [ $pass -gt 0 ]
