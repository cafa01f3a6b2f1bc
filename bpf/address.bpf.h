/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells where a function is: by its name the kernel would search all its symbols for all rows. */
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

#endif
