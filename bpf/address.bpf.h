/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells where a function is: by its name the kernel would search all its symbols for all rows. And what is
 * at an address: /proc/kallsyms tells of all or none, and takes so long that rings overflow meanwhile.
 */
#ifndef SKBTRACE_ADDRESS_BPF_H
#define SKBTRACE_ADDRESS_BPF_H

/* Run by user space, once for each function. */
SEC("syscall")
int address_of(struct cfg_address *asked)
{
	struct cfg_address a = *asked;

	a.address = 0;
	bpf_kallsyms_lookup_name(a.name, sizeof(a.name), 0, &a.address);
	asked->address = a.address;
	return 0;
}

/* Run by user space, once for each address that records mention. */
SEC("syscall")
int name_of(struct cfg_address *asked)
{
	static const char symbol[] = "%ps";
	struct cfg_address a = *asked;
	__u64 address = a.address;

	bpf_snprintf(a.name, sizeof(a.name), symbol, &address, sizeof(address));
	*asked = a;
	return 0;
}

#endif
