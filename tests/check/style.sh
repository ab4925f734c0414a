#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Keeps the house small: an SPDX line in every source, no function over 80 lines, no file over 600, nothing that
# says of itself that it is unfinished, no include that turns back.
cd "$(dirname "$0")/../.." || exit 2
bad=0
complain() {
	echo "$1"
	bad=1
}
# A checkout knows its files; an unpacked archive is searched.
files() {
	git ls-files -co --exclude-standard -- "$@" 2>/dev/null || find . -path ./build -prune -o -type f -print | sed 's|^\./||'
}
all=$(files | grep -E '\.(c|h|sh|py|mk|yaml|conf|xml)$|(^|/)(Makefile|dids|run)$')
for f in $all; do
	[ -f "$f" ] || continue
	case $f in
	tests/corpus/* | tests/bad/* | tests/check/bad/* | */bad-conf/* | tests/conf-bad/* | conf/demo/* | conf/sample/* | conf/install/etc/*) ;;
	*) head -3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || complain "$f: no SPDX line in its first three lines" ;;
	esac
done
sources=$(echo "$all" | grep -E '\.(c|h|py|sh)$')
while read -r lines f; do
	[ "$f" = total ] || [ "$lines" -le 600 ] || complain "$f: $lines lines, 600 at most"
done < <(echo "$sources" | xargs wc -l)
if command -v ctags >/dev/null; then
	while read -r lines at; do
		complain "$at: $lines lines, 80 at most for a function"
	done < <(echo "$sources" | grep '\.c$' | ctags -L - --fields=+ne --kinds-C=f -o - 2>/dev/null | awk -F'\t' '
		/^[^!]/ { l = e = 0
			for (i = 4; i <= NF; i++) {
				if ($i ~ /^line:/) l = substr($i, 6)
				if ($i ~ /^end:/) e = substr($i, 5)
			}
			if (e - l + 1 > 80) print e - l + 1, $2 ":" l " " $1 }')
fi
while read -r hit; do
	complain "$hit   <- unfinished"
done < <(echo "$sources" | grep -v '^tests/check/style.sh$' | xargs grep -nE '\b(TODO|FIXME|XXX)\b|not implemented yet')
tests/check/includes.sh || bad=1
[ $bad = 0 ] && echo "style: $(echo "$sources" | wc -l) sources in order"
exit $bad
