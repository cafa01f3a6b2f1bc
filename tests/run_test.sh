#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/run counts what made-up suites say, and believes none that says nothing.
# Prints "ok NAME", "not ok NAME" or "skip NAME # why".
set -u
cd "$(dirname "$0")/.." || exit 1

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# suite NAME: a script on standard input
suite()
{
	{ echo '#!/bin/bash'; cat; } > "$dir/$1"
	chmod +x "$dir/$1"
}

suite passing <<< 'echo "ok one (with details)"; echo "# a detail"; echo "ok two"'
suite failing <<< 'echo "ok one"; echo "not ok two # because"; echo "ok three"; exit 1'
suite failing_but_0 <<< 'echo "not ok one"'
suite silent <<< ':'
suite talking <<< 'echo "everything is okay"; echo "okay then"'
suite crashing <<< 'echo "ok one"; kill -SEGV $$'
suite quitting <<< 'exit 3'
suite skipping <<< 'echo "skip one # no root"; echo "skip two # no man"'
suite skipping_silently <<< 'echo "ok one"; echo "skip two"; echo "skip three #"'
suite twice <<< 'echo "ok one"; echo "ok two"; echo "not ok one"; echo "ok two"; exit 1'
suite twice_ok <<< 'echo "ok one"; echo "ok one"; echo "ok one"'
suite slow <<< 'echo "ok one"; sleep 60 & echo $! > '"$dir/sleeper"'; wait'
suite reading <<< 'read -r line && echo "not ok stdin # $line" || echo "ok stdin"'
suite leaving <<< 'echo "ok one"; exec 2>&1; sleep 30 & echo $! > '"$dir/leftover"
suite stopped <<< '(trap "echo ok interrupted; exit" INT; kill -INT $BASHPID; echo "not ok interrupted")'

# expect NAME STATUS LAST LEVEL PATTERN ROW...: a run of these rows ends like this, and says PATTERN.
# A row is "level seconds suite"; the last line is the only one of its kind.
expect()
{
	local name=$1 status=$2 last=$3 level=$4 pattern=$5 row rows='' got n

	shift 5
	for row; do
		rows+="${row##* } ${row% *} $dir/${row##* }"$'\n'
	done
	SUITES=$rows LOGS=$dir/log tests/run "$level" > "$dir/out" 2>&1
	got=$?
	n=$(grep -c ' passed, .* failed, .* skipped$' "$dir/out")
	if [ "$got" = "$status" ] && [ "$(tail -n 1 "$dir/out")" = "$last" ] && [ "$n" = 1 ] &&
		grep -q -- "$pattern" "$dir/out"; then
		echo "ok $name"
		return
	fi
	echo "# exit status $got, not $status; the last line should be: $last; and somewhere: $pattern"
	sed 's/^/# /' "$dir/out"
	echo "not ok $name"
	failed=1
}

ok='both 20 passing'
expect passes 0 '2 passed, 0 failed, 0 skipped' full '^# a detail$' "$ok"
expect fails 1 '4 passed, 1 failed, 0 skipped' full '^failed: failing: two # because$' \
	'both 20 failing' "$ok"
expect fails_whatever_the_status 1 '2 passed, 1 failed, 0 skipped' full '^failed: failing_but_0: one$' \
	'both 20 failing_but_0' "$ok"
expect goes_on_after_failures 1 '4 passed, 3 failed, 0 skipped' full '^ok two$' \
	'both 20 failing' 'both 20 quitting' 'both 20 silent' "$ok"
expect silence_is_a_failure 1 '2 passed, 1 failed, 0 skipped' full '^not ok silent # gave no verdict$' \
	'both 20 silent' "$ok"
expect talk_is_no_verdict 1 '2 passed, 1 failed, 0 skipped' full '^not ok talking ' \
	'both 20 talking' "$ok"
expect status_is_a_failure 1 '2 passed, 1 failed, 0 skipped' full '^not ok quitting # ended with status 3' \
	'both 20 quitting' "$ok"
expect crash_is_a_failure 1 '3 passed, 1 failed, 0 skipped' full '^not ok crashing # ended with status 139' \
	'both 20 crashing' "$ok"
expect absent_is_a_failure 1 '2 passed, 1 failed, 0 skipped' full '^not ok nowhere # ended with status 127' \
	'both 20 nowhere' "$ok"
expect skips_are_counted 0 '2 passed, 0 failed, 2 skipped' full '^skipped: skipping: two # no man$' \
	'both 20 skipping' "$ok"
expect skips_alone_are_no_success 1 '0 passed, 0 failed, 2 skipped' full '' 'both 20 skipping'
expect skip_without_reason 1 '3 passed, 2 failed, 0 skipped' full '^not ok three # skipped without a reason' \
	'both 20 skipping_silently' "$ok"
expect name_twice 1 '3 passed, 3 failed, 0 skipped' full '^not ok twice # one has more than one verdict' \
	'both 20 twice'
expect name_three_times 1 '3 passed, 1 failed, 0 skipped' full '^not ok twice_ok # one has' 'both 20 twice_ok'
expect name_of_two_suites 0 '3 passed, 0 failed, 0 skipped' full '^== reading$' "$ok" 'both 20 reading'
expect input_is_closed 0 '1 passed, 0 failed, 0 skipped' full '^ok stdin$' 'both 20 reading'
expect interrupts_are_not_ignored 0 '1 passed, 0 failed, 0 skipped' full '' 'both 20 stopped'
expect quick_leaves_out_full 0 '2 passed, 0 failed, 0 skipped' quick '' 'full 20 failing' "$ok"
expect full_leaves_out_quick 0 '2 passed, 0 failed, 0 skipped' full '' 'quick 20 failing' 'full 20 passing'
expect nothing_is_no_success 1 '0 passed, 0 failed, 0 skipped' full ''
expect what_is_left_is_not_waited_for 0 '1 passed, 0 failed, 0 skipped' full '' 'both 20 leaving'
kill "$(cat "$dir/leftover")" 2> /dev/null

expect slow_is_a_failure 1 '1 passed, 1 failed, 0 skipped' full '^not ok slow # took longer than 1 s' \
	'both 1 slow'
# Dead, or dying, or dead and not yet reaped; not asleep.
sleeps()
{
	grep -q '^State:	S' "/proc/$(cat "$dir/sleeper")/status" 2> /dev/null
}
for _ in {1..20}; do
	sleeps || break
	sleep 0.1
done
if sleeps; then
	echo "not ok slow_ends_whole # a process of the suite still runs"
	failed=1
else
	echo "ok slow_ends_whole"
fi

if cmp -s "$dir/log/failing" <(printf 'ok one\nnot ok two # because\nok three\n'); then
	echo "ok logs_are_kept"
else
	echo "not ok logs_are_kept"
	failed=1
fi

tests/run most > "$dir/out" 2>&1
if [ $? = 2 ] && grep -q '^usage: ' "$dir/out"; then
	echo "ok level_unknown"
else
	echo "not ok level_unknown"
	failed=1
fi
exit $failed
