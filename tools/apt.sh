# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian packages of any release and architecture, read beside those of this machine and unpacked
# without being installed. For bash scripts, which have a function die.

mirror= release= signed=

# source_of: the mirror's address and key, and the release's name, as this system has them.
source_of()
{
	local label uri key codename
	[ -z "$mirror" ] || return 0
	while IFS='|' read -r label uri key codename; do
		case $label,$codename in
		Debian,*-updates | Debian,*-backports) ;;
		Debian,*)
			mirror=$uri release=$codename
			# A key given as text spans lines and is no path.
			case $key in /*) signed="[signed-by=$key]" ;; *) signed= ;; esac
			return
			;;
		esac
	done < <(apt-get indextargets --format '$(LABEL)|$(REPO_URI)|$(SIGNED_BY)|$(CODENAME)' \
		'Created-By: Packages')
	die "this system's apt knows no Debian mirror (or apt-get update never ran)."
}

# apt_for DIR ARCHITECTURE SUITE...: an apt that sees these suites alone, with nothing installed.
apt_for()
{
	local dir=$1 architecture=$2 suite
	shift 2
	source_of
	mkdir -p "$dir"/{lists,archives}/partial
	: >"$dir/status"
	for suite; do
		echo "deb $signed $mirror $suite main"
	done >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-EOF
	APT::Architecture "$architecture";
	APT::Architectures { "$architecture"; };
	APT::Sandbox::User "";
	APT::Get::List-Cleanup "false";
	Acquire::Languages "none";
	Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
	Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
	Acquire::Retries "3";
	Dir::State "$dir";
	Dir::State::status "$dir/status";
	Dir::State::lists "$dir/lists";
	Dir::Cache "$dir";
	Dir::Cache::archives "$dir/archives";
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	EOF
	apt-get -c "$dir/apt.conf" -qq update >"$dir/log" 2>&1 || {
		tail -n 5 "$dir/log" >&2
		die "the package lists of $* cannot be read."
	}
}

# field DIR PACKAGE FIELD: one field of a package's newest entry.
field()
{
	apt-cache -c "$1/apt.conf" show --no-all-versions "$2" | sed -n "s/^$3: //p" | head -n 1
}

megabytes()
{
	echo "$((($1 + 999999) / 1000000)) MB"
}

# unpack ROOT DEB: as if installed in ROOT, where /bin and /lib may be links into /usr.
unpack()
{
	dpkg-deb --fsys-tarfile "$2" | tar -x -C "$1" --no-same-owner --keep-directory-symlink ||
		die "the package ${2##*/} cannot be unpacked."
}

# make_root ROOT: a root in which /bin, /sbin and /lib are links into /usr, as on the machines of today.
make_root()
{
	local name
	mkdir -p "$1/usr"/{bin,sbin,lib}
	for name in bin sbin lib; do
		ln -s usr/$name "$1/$name"
	done
}
