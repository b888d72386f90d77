/* Included before all else of the code inside: no symbol can come from another program,
 * so that its address needs no table, whose entries would need relocation. */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#endif
