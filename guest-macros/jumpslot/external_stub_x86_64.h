/*
 * The stub of an external function on x86-64, its slot and the resolver pointer, as
 * assembler macros. Only external_func.h includes this file. docs/abi.md, "Stubs", has
 * the reasons.
 *
 * The stub leaves every argument register alone: RAX counts vector arguments and R10 is
 * the static chain (psABI, section 3.2.3), so R11 is the only scratch register.
 */
#ifndef JUMPSLOT_EXTERNAL_STUB_X86_64_H
#define JUMPSLOT_EXTERNAL_STUB_X86_64_H

/* clang-format off */
__asm__(
	/* Call frames for debuggers: not loaded, dropped by strip. DWARF 5, section
	   6.4.1; register 7 is RSP, 16 the return address (psABI, figure 3.36). */
	".macro __jumpslot_frame name\n"
	"	.pushsection .debug_frame,\"G\",@progbits,jumpslot.\\name,comdat\n"
	".Ljumpslot.cie.\\name:\n"
	"	.long	.Ljumpslot.cie_end.\\name - . - 4\n"
	"	.long	0xffffffff\n"	/* this is a CIE */
	"	.byte	1\n"		/* version */
	"	.byte	0\n"		/* no augmentation */
	"	.uleb128 1\n"		/* code alignment factor */
	"	.sleb128 -8\n"		/* data alignment factor */
	"	.byte	16\n"		/* return address column */
	"	.byte	0x0c, 7, 8\n"	/* DW_CFA_def_cfa: RSP + 8 */
	"	.byte	0x90, 1\n"	/* DW_CFA_offset: return address at CFA - 8 */
	"	.balign	8, 0\n"
	".Ljumpslot.cie_end.\\name:\n"
	"	.long	.Ljumpslot.fde_end.\\name - . - 4\n"
	"	.long	.Ljumpslot.cie.\\name\n"
	"	.quad	.Ljumpslot.stub.\\name\n"
	"	.quad	.Ljumpslot.stub_end.\\name - .Ljumpslot.stub.\\name\n"
	"	.balign	8, 0\n"
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
	"	endbr64\n"
	"	jmp	*jumpslot.slot.\\func(%rip)\n"
	"	.size	\\func, . - \\func\n"
	"	.globl	jumpslot.bind.\\func\n"
	"	.hidden	jumpslot.bind.\\func\n"
	"	.type	jumpslot.bind.\\func, @function\n"
	"jumpslot.bind.\\func:\n"
	"	endbr64\n"
	"	lea	.Ljumpslot.import.\\func(%rip), %r11\n"
	"	call	__external_bind\n"
	"	jmp	.Ljumpslot.stub.\\func\n"
	"	.size	jumpslot.bind.\\func, . - jumpslot.bind.\\func\n"
	".Ljumpslot.stub_end.\\func:\n"
	"	.popsection\n"

	"	.pushsection .externals.jmptbl,\"awG\",@progbits,jumpslot.\\func,comdat\n"
	"	.balign	8\n"
	"	.globl	jumpslot.slot.\\func\n"
	"	.hidden	jumpslot.slot.\\func\n"
	"	.type	jumpslot.slot.\\func, @object\n"
	"	.size	jumpslot.slot.\\func, 8\n"
	"jumpslot.slot.\\func:\n"
	"	.quad	jumpslot.bind.\\func\n"
	"	.popsection\n"

	"	__jumpslot_frame \\func\n"
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
	"	endbr64\n"
	"	ud2\n"
	"	.size	__external_no_host, . - __external_no_host\n"
	"	.balign	16\n"
	"	.globl	__external_bind\n"
	"	.hidden	__external_bind\n"
	"	.type	__external_bind, @function\n"
	"__external_bind:\n"
	"	jmp	*__external_resolver(%rip)\n"
	"	.size	__external_bind, . - __external_bind\n"
	".Ljumpslot.stub_end..abi:\n"
	"	.popsection\n"
	"	__jumpslot_frame .abi\n"

	"	.pushsection .externals.jmptbl,\"awG\",@progbits,jumpslot..abi,comdat\n"
	"	.balign	8\n"
	"	.globl	__external_resolver\n"
	"	.hidden	__external_resolver\n"
	"	.type	__external_resolver, @object\n"
	"	.size	__external_resolver, 8\n"
	"__external_resolver:\n"
	"	.quad	__external_no_host\n"
	"	.popsection\n"
	".endm\n");
/* clang-format on */

#endif
