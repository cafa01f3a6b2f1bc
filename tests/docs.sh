#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the program prints of itself is what docs/ holds; `tests/docs.sh --write` makes it so.
# Prints "ok NAME", "not ok NAME" or "skip NAME # why"; SKBTRACE names another binary.
set -u
cd "$(dirname "$0")/.." || exit 1

skbtrace=${SKBTRACE:-build/skbtrace}
if [ ! -x "$skbtrace" ]; then
	echo "not ok docs # there is no $skbtrace; run make"
	exit 1
fi
write=0
[ "${1-}" = --write ] && write=1
made=$(mktemp -d) || exit 1
trap 'rm -rf "$made"' EXIT
failed=0
export LC_ALL=C.UTF-8

not_ok()
{
	echo "not ok $1"
	shift
	printf '# %s\n' "$@"
	failed=1
}

# generated NAME FILE ARGS...: FILE is what skbtrace ARGS prints
generated()
{
	local name=$1 file=$2

	shift 2
	if ! "$skbtrace" "$@" > "$made/$name" 2> "$made/err"; then
		not_ok "$name" "skbtrace $* failed: $(head -1 "$made/err")"
	elif [ "$write" = 1 ]; then
		cp "$made/$name" "$file"
		echo "ok $name"
	elif diff -u "$file" "$made/$name" > "$made/diff" 2>&1; then
		echo "ok $name"
	else
		not_ok "$name" "$file is not what skbtrace $* prints; run tests/docs.sh --write"
		sed 's/^/# /' "$made/diff" | head -20
	fi
}

generated docs_man docs/skbtrace.8 help --man
generated docs_stages docs/STAGES.md stages -f markdown

# Which rows were seen on which kernel is what the lists of the live tests say.
if ! tests/rows > "$made/rows"; then
	not_ok docs_rows "tests/rows failed"
elif [ "$write" = 1 ]; then
	cp "$made/rows" docs/ROWS.md
	echo "ok docs_rows"
elif diff -u docs/ROWS.md "$made/rows" > "$made/diff" 2>&1; then
	echo "ok docs_rows"
else
	not_ok docs_rows "docs/ROWS.md is not what tests/rows prints; run tests/docs.sh --write"
	sed 's/^/# /' "$made/diff" | head -20
fi

# The page says every command, and nothing that troff cannot read.
if command -v man > /dev/null; then
	warnings=$(man --warnings -E UTF-8 -l docs/skbtrace.8 2>&1 > /dev/null)
	if [ -z "$warnings" ]; then
		echo "ok docs_man_troff"
	else
		not_ok docs_man_troff "$warnings"
	fi
else
	echo "skip docs_man_troff # no man"
fi

# The completion is a script that bash reads, and it knows the commands.
"$skbtrace" help --completion > "$made/completion"
words=$(bash -c 'source "$1"; COMP_WORDS=(skbtrace re) COMP_CWORD=1; _skbtrace
	echo "${COMPREPLY[*]}"' _ "$made/completion" 2>&1)
if [ "$words" = 'recv record report' ]; then
	echo "ok docs_completion"
else
	not_ok docs_completion "skbtrace re<TAB> offers: $words"
fi
words=$(bash -c 'source "$1"; COMP_WORDS=(skbtrace send --detail "") COMP_CWORD=3; _skbtrace
	echo "${COMPREPLY[*]}"' _ "$made/completion" 2>&1)
if [ "$words" = 'brief normal full' ]; then
	echo "ok docs_completion_value"
else
	not_ok docs_completion_value "skbtrace send --detail <TAB> offers: $words"
fi

words=$(bash -c 'source "$1"; COMP_WORDS=(skbtrace explain tcp_v4_d) COMP_CWORD=2; _skbtrace
	echo "${COMPREPLY[*]}"' _ "$made/completion" 2>&1)
if [ "$words" = tcp_v4_do_rcv ]; then
	echo "ok docs_completion_stage"
else
	not_ok docs_completion_stage "skbtrace explain tcp_v4_d<TAB> offers: $words"
fi

# Each command line that README.md shows is one that the program accepts up to the kernel.
bad=
while read -r line; do
	read -r -a argv <<< "${line%%#*}"
	command=${argv[1]-}
	[ -z "$command" ] && continue
	# --help behind the options ends parsing there, after all of them were read.
	options=()
	for word in "${argv[@]:2}"; do
		[ "$word" = -- ] && break
		options+=("$word")
	done
	"$skbtrace" "$command" "${options[@]}" --help > /dev/null 2> "$made/err" ||
		bad+="$line: $(head -1 "$made/err")"$'\n'
done < <(sed -n 's/^    \(sudo \)\?\(build\/\)\?\(skbtrace .*\)/\3/p' README.md)
if [ -z "$bad" ]; then
	echo "ok docs_readme"
else
	not_ok docs_readme "$bad"
fi

# Each diagram in README.md is what report makes of the run that its marker names: one of
# docs/examples, or with those who ran as lifelines one of tests/golden.
while read -r marker name number; do
	folder=docs/examples lanes=layer
	[ "$marker" = diagram: ] || folder=tests/golden lanes=context
	"$skbtrace" undump "$folder/$name.skbt.txt" -o "$made/run.skbt" 2> "$made/err"
	"$skbtrace" report "$made/run.skbt" --lanes $lanes --width 96 > "$made/drawn" 2>> "$made/err"
	awk -v n="packet #$number," 'BEGIN { RS = ""; ORS = "\n\n" }
		/^TCP / { mine = index($0, n) } /^ [0-9]+ journey/ { mine = 0 } mine' "$made/drawn" | sed '$d' > "$made/want"
	awk -v marker="<!-- $marker $name $number -->" '
		$0 == marker { here = 1; next }
		here && /^```/ { if (inside++) exit; next }
		here && inside' README.md > "$made/shown"
	if [ -s "$made/want" ] && diff "$made/want" "$made/shown" > "$made/diff"; then
		echo "ok docs_readme_$name"
	else
		not_ok "docs_readme_$name" "README.md shows another diagram than report draws"
		sed 's/^/# /' "$made/diff" | head -20
	fi
done < <(sed -n 's/^<!-- \(diagram:\|context:\) \([^ ]*\) \([0-9]*\) -->$/\1 \2 \3/p' README.md)

# So is each whole exchange, of a run in tests/golden.
while read -r name; do
	"$skbtrace" undump "tests/golden/$name.skbt.txt" -o "$made/run.skbt" 2> "$made/err"
	"$skbtrace" report "$made/run.skbt" --as flow --width 96 2>> "$made/err" |
		awk 'BEGIN { RS = ""; ORS = "\n\n" } NR <= 2' | sed '$d' > "$made/want"
	awk -v marker="<!-- flow: $name -->" '
		$0 == marker { here = 1; next }
		here && /^```/ { if (inside++) exit; next }
		here && inside' README.md > "$made/shown"
	if [ -s "$made/want" ] && diff "$made/want" "$made/shown" > "$made/diff"; then
		echo "ok docs_readme_$name"
	else
		not_ok "docs_readme_$name" "README.md shows another diagram than report draws"
		sed 's/^/# /' "$made/diff" | head -20
	fi
done < <(sed -n 's/^<!-- flow: \([^ ]*\) -->$/\1/p' README.md)
exit $failed
