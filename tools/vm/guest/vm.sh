# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a guest's scripts share: source it as /lib/vm.sh.

# uptime: sets now to the hundredths of a second since the boot.
uptime()
{
	local rest
	IFS=. read -r now rest </proc/uptime
	now=$now${rest%% *}
}

# uptime_is HUNDREDTHS: is it that late?
uptime_is()
{
	uptime
	[ "$now" -ge "$1" ]
}

# wait_for COMMAND...: tries it until it succeeds; gives up after ten seconds of the guest's clock.
wait_for()
{
	local now deadline
	uptime
	deadline=$((now + 1000))
	until "$@"; do
		uptime
		[ "$now" -lt $deadline ] || return 1
		usleep 20000
	done
}

# make_peer: the network namespace "peer", the other host; its loopback is up.
make_peer()
{
	[ -e /run/netns/peer ] && return
	ip netns add peer
	peer quiet_ipv6
	peer ip link set lo up
}

# quiet_ipv6: addresses are usable at once, and nothing but the test sends packets.
quiet_ipv6()
{
	local which what
	for which in all default; do
		for what in accept_dad router_solicitations; do
			echo 0 >/proc/sys/net/ipv6/conf/$which/$what
		done
	done
}

# peer COMMAND...: runs a command, or one of these functions, as the other host. Unlike
# "ip netns exec" it keeps /sys as it is, with its tracefs, debugfs and bpffs.
peer()
{
	nsenter --net=/run/netns/peer sh -c '. /lib/vm.sh; "$@"' peer "$@"
}

# nic_named NAME MAC: gives the interface with this address its name; fails while there is none.
nic_named()
{
	local dir mac
	for dir in /sys/class/net/*; do
		read -r mac <"$dir/address"
		[ "$mac" = "$2" ] || continue
		ip link set "${dir##*/}" name "$1"
		return
	done
	return 1
}

# nic_up NAME ADDRESS...: brings it up with these addresses.
nic_up()
{
	local name=$1 address
	shift
	for address; do
		case $address in
		*:*) ip address add "$address" dev "$name" nodad ;;
		*) ip address add "$address" dev "$name" ;;
		esac
	done
	ip link set "$name" up
}

# carrier NAME: has it a link? Asked by netlink, because /sys shows the interfaces of the
# namespace it was mounted in.
carrier()
{
	case $(ip link show "$1") in
	*LOWER_UP*) return 0 ;;
	esac
	return 1
}

# veth_pair [NAME [PEER_NAME]]: a veth pair to the peer, 10.78.0.1 and fd78::1 here, .2 there.
veth_pair()
{
	local here=${1:-vethA} there=${2:-vethB}
	make_peer
	ip link add "$here" type veth peer name "$there" netns peer
	nic_up "$here" 10.78.0.1/24 fd78::1/64
	peer nic_up "$there" 10.78.0.2/24 fd78::2/64
	wait_for carrier "$here" && wait_for peer carrier "$there"
}
