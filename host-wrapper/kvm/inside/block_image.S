/* The block of inside.h, as the build linked it, in pages. */
	.section .rodata
	.balign	4096
	.globl	block_image, block_image_end
	.hidden	block_image, block_image_end
block_image:
	.incbin	BLOCK_IMAGE
block_image_end:

	.section .note.GNU-stack,"",@progbits
