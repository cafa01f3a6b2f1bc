#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every mistake has one plain sentence and its exit status: what can be seen without a kernel.
# Prints "ok NAME", "not ok NAME" or "skip NAME # why"; SKBTRACE names another binary.
set -u
cd "$(dirname "$0")/.." || exit 1

skbtrace=${SKBTRACE:-build/skbtrace}
if [ ! -x "$skbtrace" ]; then
	echo "not ok errors # there is no $skbtrace; run make"
	exit 1
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
export LC_ALL=C.UTF-8

not_ok()
{
	echo "not ok $1"
	shift
	printf '# %s\n' "$@"
	failed=1
}

# judge NAME STATUS PATTERN GOT: stderr is in $dir/err
judge()
{
	local name=$1 status=$2 pattern=$3 got=$4 err

	err=$(tr '\n' '|' < "$dir/err")
	if [ "$got" != "$status" ]; then
		not_ok "$name" "exit status $got, not $status" "said: $err"
	elif [ "$(wc -l < "$dir/err")" != 1 ] || [[ $err != "skbtrace: "*"|" ]]; then
		not_ok "$name" "not exactly one sentence: $err"
	elif [[ $err != *$pattern* ]]; then
		not_ok "$name" "said: $err" "without: $pattern"
	elif grep -q '[[:cntrl:]]' "$dir/err"; then
		not_ok "$name" "the sentence holds bytes that a terminal may act on: $err"
	else
		echo "ok $name"
	fi
}

# expect NAME STATUS PATTERN ARGS...: and nothing on stdout
expect()
{
	local name=$1 status=$2 pattern=$3 got

	shift 3
	timeout 20 "$skbtrace" "$@" > "$dir/out" 2> "$dir/err" < /dev/null
	got=$?
	judge "$name" "$status" "$pattern" "$got"
	[ -s "$dir/out" ] && not_ok "${name}_stdout" "stdout is not empty"
	return 0
}

# ---- 2: the command line ----

expect command_unknown 2 'did you mean send?' sned
expect command_foreign 2 'lists them' xyzzy
expect command_empty 2 'unknown command ""' ''
expect command_missing 2 'a command comes first' --port 80
expect help_unknown 2 'did you mean report?' help repot
expect option_unknown 2 'did you mean --port?' send --prt 80
expect option_unknown_short 2 'unknown option -Q' send -Q
expect option_foreign 2 'send has no option --dir' send --dir send
expect option_ambiguous 2 '--comm or --color' send --co x
expect option_no_value 2 'needs a value' send --port
expect option_no_value_short 2 'needs a value' send --all -n
expect option_value_unwanted 2 'takes no value' send --ascii=1
expect argument_unexpected 2 'unexpected argument curl' send --all curl
expect argument_second 2 'unexpected argument b' report a b
expect stage_unknown 2 'did you mean tcp_v4_rcv or tcp_v6_rcv?' explain tcp_v4_rvc
expect stage_foreign 2 'skbtrace explain lists them' explain xyzzy
expect stage_empty 2 'an argument is not empty' explain ''
expect stage_second 2 'unexpected argument b' explain ip_rcv b
expect stage_controls 2 'unknown stage' explain $'ip\e[2J_rcv'
expect stage_width 2 '--width' explain ip_rcv --width 3
expect argument_of_list 2 'unexpected argument x' stages x
expect file_missing 2 'needs a file' report
expect file_missing_dump 2 'needs a file' dump
expect file_missing_undump 2 'needs a file' undump
expect command_behind_dashes 2 'nothing stands behind --' send --all --
expect port_range 2 'a port is a number from 1 to 65535' send --port 70000
expect port_zero 2 'a port is a number from 1 to 65535' send --port 0
expect port_junk 2 'a port is a number from 1 to 65535' recv --sport 80x
expect port_negative 2 'a port is a number from 1 to 65535' recv --dport -1
expect port_name 2 'no service of this name' recv --port nosuchservice
expect port_escape 2 '\x1b' recv --port $'\e[31m'
expect port_newline 2 '\x0a' recv --port $'a\nb'
expect host_name 2 'names are not looked up' send --host example.com
expect host_prefix 2 'from 0 to 32' send --host 10.0.0.0/33
expect host_prefix_v6 2 'from 0 to 128' send --host ::1/129
expect host_zone 2 '--iface' send --host fe80::1%eth0
expect proto_unknown 2 'a protocol is' send --proto tpc
expect proto_range 2 'a protocol is' send --proto 256
expect pid_junk 2 'a process is a number' send --pid self
expect comm_long 2 'say --comm chromium-browse' send --comm chromium-browser
expect iface_name 2 'the name of a device' send --iface a/b
expect netns_empty 2 "give a namespace's name" send --netns ''
expect filter_twice 2 'given twice' send --port 80 --port 81
expect filter_none 2 'nothing says what to follow' send
expect filter_none_record 2 'nothing says what to follow' record -o x
expect filter_and_all 2 'leave out --all' send --all --port 80
expect record_nowhere 2 'record needs -o' record --all
expect packets_zero 2 'a count of packets' send --all -n 0
expect time_zero 2 'a number of seconds' send --all -t 0
expect time_fine 2 'three decimals' send --all -t 0.0001
expect ring_odd 2 'a power of two from 64K to 1G' send --all --ring 3M
expect in_flight_odd 2 'a power of two from 64 to 4M' send --all --in-flight 100
expect ring_small 2 'a power of two from 64K to 1G' send --all --ring 4K
expect backend_unknown 2 'a back end is' send --all --backend ebpf
expect format_unknown 2 'a format is' send --all -f dot
expect format_of_list 2 'a format is text or markdown' stages -f dot
expect detail_unknown 2 'a detail is' send --all --detail most
expect lanes_unknown 2 'a kind of lanes is' send --all --lanes both
expect lanes_flow 2 'flow has no option --lanes' flow --all --lanes context
expect width_small 2 'a width is a number from 40' send --all --width 39
expect color_unknown 2 'auto, always or never' send --all --color pink
expect only_unknown 2 'did you mean dropped?' report x --only droped
expect only_foreign 2 'a choice is dropped, ' send --all --only fast
expect only_empty 2 'a choice is' recv --all --only dropped,
expect only_no_time 2 'a number and ns, us, ms or s' report x --only slower-than
expect only_no_unit 2 'a number and ns, us, ms or s' report x --only blocked,slower-than=5
expect only_long_time 2 'too long' report x --only slower-than=99999999999s
expect only_value_unwanted 2 'takes no value' report x --only dropped=1
expect only_of_record 2 'record has no option --only' record --all -o x --only dropped
expect slowest_zero 2 'a number from 1 to 1000' report x --slowest 0
expect slowest_many 2 'a number from 1 to 1000' report x --slowest 100000
expect as_unknown 2 'what is drawn is' report x --as wire
expect dir_unknown 2 'a direction is' report x --dir up
expect output_empty 2 'not empty' send --all -o ''
expect write_to_output 2 'go there already' send --all -w x -o x
expect verbose_and_quiet 2 'contradict' send --all -v -q

# ---- 5: what can match nothing ----

expect proto_udp_with_ports 5 'can match nothing' send --proto udp --port 80 --sport 81 --dport 82
expect proto_without_ports 5 'icmp has no ports' send --proto icmp --port 80
expect proto_other_family 5 'icmp is of IPv4' send --proto icmp --host ::1
expect ports_contradict 5 'neither end is 80' send --port 80 --sport 81 --dport 82

# ---- 6: what is read ----

printf 'not a capture, but long enough to have had a header if it were one\n' > "$dir/foreign"
: > "$dir/empty"
for command in report dump; do
	expect "${command}_no_file" 6 'No such file' "$command" "$dir/nothing"
	expect "${command}_empty" 6 "$dir/empty" "$command" "$dir/empty"
	expect "${command}_foreign" 6 "$dir/foreign" "$command" "$dir/foreign"
	expect "${command}_directory" 6 "$dir" "$command" "$dir"
done
expect undump_no_file 6 'No such file' undump "$dir/nothing"
expect undump_foreign 6 "$dir/foreign" undump "$dir/foreign" -o "$dir/x.skbt"

"$skbtrace" undump tests/golden/flow_http.skbt.txt -o "$dir/flow.skbt"
expect slowest_of_flows 2 'chooses packets' report "$dir/flow.skbt" --as flow --slowest 3
expect lanes_of_flows 2 'for single packets' report "$dir/flow.skbt" --as flow --lanes context
expect flow_slowest 2 'has no option --slowest' flow --port 1 --slowest 3

# ---- 7: what is written ----

"$skbtrace" --help > /dev/full 2> "$dir/err"
judge help_disk_full 7 'No space left on device' $?
"$skbtrace" help --man > /dev/full 2> "$dir/err"
judge man_disk_full 7 'No space left on device' $?
"$skbtrace" stages > /dev/full 2> "$dir/err"
judge stages_disk_full 7 'No space left on device' $?
"$skbtrace" explain > /dev/full 2> "$dir/err"
judge explain_disk_full 7 'No space left on device' $?
for format in text mermaid plantuml json; do
	"$skbtrace" report "$dir/flow.skbt" --detail full -f $format > /dev/full 2> "$dir/err"
	judge ${format}_disk_full 7 'No space left on device' $?
done
"$skbtrace" dump "$dir/flow.skbt" > /dev/full 2> "$dir/err"
judge dump_disk_full 7 'No space left on device' $?
# The reader is gone before a byte is written.
mkfifo "$dir/gate"
{ read -r _ < "$dir/gate"; "$skbtrace" --help 2> "$dir/err"; echo $? > "$dir/status"; } |
	{ exec < /dev/null; echo go > "$dir/gate"; }
judge help_broken_pipe 7 'Broken pipe' "$(cat "$dir/status")"
expect stages_unwritable 7 'nothing/x' stages -o "$dir/nothing/x"

# ---- 3 and 5: what needs root, or must not ----

if [ "$(id -u)" != 0 ]; then
	expect not_root 3 'root' send --port 80
	for name in pid_gone iface_gone netns_gone; do
		echo "skip $name # needs root"
	done
else
	if setpriv --reuid 65534 --regid 65534 --clear-groups "$skbtrace" --version \
		> /dev/null 2>&1; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$skbtrace" send --port 80 \
			> "$dir/out" 2> "$dir/err"
		judge not_root 3 'root' $?
	else
		echo "skip not_root # another user cannot run $skbtrace"
	fi
	expect pid_gone 5 'no such process' send --pid 4194304
	expect iface_gone 5 'no such device' send --iface nosuchdev0
	expect netns_gone 5 'no such network namespace' send --netns no-such-namespace
fi

# ---- not mistakes ----

for args in --help --version help 'help send' 'send --help' 'report -h' 'stages --version'; do
	# shellcheck disable=SC2086 # the words of a command line
	if "$skbtrace" $args > "$dir/out" 2> "$dir/err" && [ -s "$dir/out" ] && [ ! -s "$dir/err" ]; then
		echo "ok fine_${args// /_}"
	else
		not_ok "fine_${args// /_}" "$(cat "$dir/err")"
	fi
done
"$skbtrace" > "$dir/out" 2> "$dir/err"
if [ $? = 2 ] && [ ! -s "$dir/out" ] && [ "$(grep -c '^  skbtrace ' "$dir/err")" = 5 ]; then
	echo "ok alone"
else
	not_ok alone "skbtrace without words prints five examples on stderr and exits 2"
fi
for command in send recv flow record report dump undump stages doctor demo help; do
	if "$skbtrace" help "$command" | awk 'length > 80 { wide = 1 } END { exit wide || !NR }'; then
		echo "ok columns_$command"
	else
		not_ok "columns_$command" "a line of its help is longer than 80 columns"
	fi
done
exit $failed
