/*
 * The stub of an external function on i386, its slot and the resolver pointer, as
 * assembler macros. Only external_func.h includes this file. docs/abi.md, "Stubs", has
 * the reasons.
 *
 * regparm(3) and fastcall leave no scratch register, so the stub passes the table entry
 * to the resolver on the stack, and the resolver pops it by `ret $4`.
 */
#ifndef JUMPSLOT_EXTERNAL_STUB_I386_H
#define JUMPSLOT_EXTERNAL_STUB_I386_H

/* clang-format off */
__asm__(
	/* Call frames for debuggers: not loaded, dropped by strip. DWARF 5, section
	   6.4.1; register 4 is ESP, 8 the return address (i386 psABI, table 2.14).
	   `rows` are the bytes of call frame instructions: 0x40 + n is
	   DW_CFA_advance_loc, 0x0e is DW_CFA_def_cfa_offset. */
	".macro __jumpslot_frame name, rows:vararg\n"
	"	.pushsection .debug_frame,\"G\",@progbits,jumpslot.\\name,comdat\n"
	".Ljumpslot.cie.\\name:\n"
	"	.long	.Ljumpslot.cie_end.\\name - . - 4\n"
	"	.long	0xffffffff\n"	/* this is a CIE */
	"	.byte	1\n"		/* version */
	"	.byte	0\n"		/* no augmentation */
	"	.uleb128 1\n"		/* code alignment factor */
	"	.sleb128 -4\n"		/* data alignment factor */
	"	.byte	8\n"		/* return address column */
	"	.byte	0x0c, 4, 4\n"	/* DW_CFA_def_cfa: ESP + 4 */
	"	.byte	0x88, 1\n"	/* DW_CFA_offset: return address at CFA - 4 */
	"	.balign	4, 0\n"
	".Ljumpslot.cie_end.\\name:\n"
	"	.long	.Ljumpslot.fde_end.\\name - . - 4\n"
	"	.long	.Ljumpslot.cie.\\name\n"
	"	.long	.Ljumpslot.stub.\\name\n"
	"	.long	.Ljumpslot.stub_end.\\name - .Ljumpslot.stub.\\name\n"
	"	.byte	\\rows\n"
	"	.balign	4, 0\n"
	".Ljumpslot.fde_end.\\name:\n"
	"	.popsection\n"
	".endm\n"

	/* The slot, its stub, and the code whose address the slot holds initially. */
	".macro __jumpslot_stub func\n"
	"	.pushsection .text.externals,\"axG\",@progbits,jumpslot.\\func,comdat\n"
	"	.balign	16\n"
	"	.globl	\\func\n"
	"	.type	\\func, @function\n"
	"\\func:\n"
	".Ljumpslot.stub.\\func:\n"
	"	endbr32\n"
	"	jmp	*jumpslot.slot.\\func\n"
	"	.size	\\func, . - \\func\n"
	"	.globl	jumpslot.bind.\\func\n"
	"	.hidden	jumpslot.bind.\\func\n"
	"	.type	jumpslot.bind.\\func, @function\n"
	"jumpslot.bind.\\func:\n"
	"	endbr32\n"
	"	push	$.Ljumpslot.import.\\func\n"
	".Ljumpslot.pushed.\\func:\n"
	"	call	__external_bind\n"
	".Ljumpslot.popped.\\func:\n"
	"	jmp	.Ljumpslot.stub.\\func\n"
	"	.size	jumpslot.bind.\\func, . - jumpslot.bind.\\func\n"
	".Ljumpslot.stub_end.\\func:\n"
	"	.popsection\n"

	"	.pushsection .externals.jmptbl,\"awG\",@progbits,jumpslot.\\func,comdat\n"
	"	.balign	4\n"
	"	.globl	jumpslot.slot.\\func\n"
	"	.hidden	jumpslot.slot.\\func\n"
	"	.type	jumpslot.slot.\\func, @object\n"
	"	.size	jumpslot.slot.\\func, 4\n"
	"jumpslot.slot.\\func:\n"
	"	.long	jumpslot.bind.\\func\n"
	"	.popsection\n"

	"	__jumpslot_frame \\func, "
	"0x40 + .Ljumpslot.pushed.\\func - .Ljumpslot.stub.\\func, 0x0e, 8, "
	"0x40 + .Ljumpslot.popped.\\func - .Ljumpslot.pushed.\\func, 0x0e, 4\n"
	".endm\n"

	/* The resolver pointer, its initial target, where a guest without a host dies,
	   and the jump through it. All stubs share this one indirect branch, so the
	   processor predicts it; one in each stub would be new on every first call. */
	".macro __jumpslot_resolver\n"
	"	.pushsection .text.externals,\"axG\",@progbits,jumpslot..abi,comdat\n"
	"	.balign	16\n"
	"	.globl	__external_no_host\n"
	"	.hidden	__external_no_host\n"
	"	.type	__external_no_host, @function\n"
	"__external_no_host:\n"
	".Ljumpslot.stub..abi:\n"
	"	endbr32\n"
	"	ud2\n"
	"	.size	__external_no_host, . - __external_no_host\n"
	"	.balign	16\n"
	"	.globl	__external_bind\n"
	"	.hidden	__external_bind\n"
	"	.type	__external_bind, @function\n"
	"__external_bind:\n"
	"	jmp	*__external_resolver\n"
	"	.size	__external_bind, . - __external_bind\n"
	".Ljumpslot.stub_end..abi:\n"
	"	.popsection\n"
	"	__jumpslot_frame .abi, 0\n"

	"	.pushsection .externals.jmptbl,\"awG\",@progbits,jumpslot..abi,comdat\n"
	"	.balign	4\n"
	"	.globl	__external_resolver\n"
	"	.hidden	__external_resolver\n"
	"	.type	__external_resolver, @object\n"
	"	.size	__external_resolver, 4\n"
	"__external_resolver:\n"
	"	.long	__external_no_host\n"
	"	.popsection\n"
	".endm\n");
/* clang-format on */

#endif
