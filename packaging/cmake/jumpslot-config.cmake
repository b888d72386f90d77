# CMake package of jumpslot.
#
#   find_package(jumpslot REQUIRED)
#   jumpslot_add_guest(NAME [ARCH x86_64|i386] [NEWLIB] SOURCE...)   builds NAME.elf
#   jumpslot_add_provider(NAME GUEST TARGET [ARCH x86_64|i386] [PARTITION] SOURCE...)
#                         builds NAME.so, or NAME.lib for a partition of the monitor
#
# The sources of a provider include func_list.h, which is made from the finished guest.
# Both functions compile by jumpslot-cc. Target options (target_compile_definitions and
# the like) do not apply; CMAKE_C_FLAGS do.

get_filename_component(JUMPSLOT_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(JUMPSLOT_HOME "${JUMPSLOT_PREFIX}/lib/jumpslot")
set(JUMPSLOT_CC "${JUMPSLOT_PREFIX}/bin/jumpslot-cc")
set(JUMPSLOT_GEN_FUNC_LIST "${JUMPSLOT_PREFIX}/bin/gen-func-list")
set(JUMPSLOT_HOST_WRAPPER "${JUMPSLOT_PREFIX}/bin/host-wrapper")

function(_jumpslot_machine arch result)
	if("${arch}" STREQUAL "" OR arch STREQUAL "x86_64")
		set(${result} "-m64" PARENT_SCOPE)
	elseif(arch STREQUAL "i386")
		set(${result} "-m32" PARENT_SCOPE)
	else()
		message(FATAL_ERROR "jumpslot: ARCH ${arch} (expected x86_64 or i386)")
	endif()
endfunction()

# One object by jumpslot-cc. The list that `result` names gets it.
function(_jumpslot_compile name source result)
	get_filename_component(path "${source}" ABSOLUTE)
	string(MAKE_C_IDENTIFIER "${source}" base)
	set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.dir/${base}.o")
	separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
	add_custom_command(OUTPUT "${object}"
		COMMAND "${CMAKE_COMMAND}" -E make_directory
			"${CMAKE_CURRENT_BINARY_DIR}/${name}.dir"
		COMMAND "${CMAKE_COMMAND}" -E env "CC=${CMAKE_C_COMPILER}"
			"${JUMPSLOT_CC}" ${ARGN} ${flags} -MD -MF "${object}.d"
			-c "${path}" -o "${object}"
		DEPENDS "${path}" DEPFILE "${object}.d" VERBATIM
		COMMENT "Building ${object}")
	set(${result} ${${result}} "${object}" PARENT_SCOPE)
endfunction()

function(jumpslot_add_guest name)
	cmake_parse_arguments(guest "NEWLIB" "ARCH" "" ${ARGN})
	_jumpslot_machine("${guest_ARCH}" machine)
	set(options ${machine})
	if(guest_NEWLIB)
		list(APPEND options --newlib)
	endif()
	set(objects)
	foreach(source IN LISTS guest_UNPARSED_ARGUMENTS)
		_jumpslot_compile(${name} "${source}" objects ${options} -O2)
	endforeach()
	set(elf "${CMAKE_CURRENT_BINARY_DIR}/${name}.elf")
	add_custom_command(OUTPUT "${elf}"
		COMMAND "${CMAKE_COMMAND}" -E env "CC=${CMAKE_C_COMPILER}"
			"${JUMPSLOT_CC}" ${options} ${objects} -o "${elf}"
		DEPENDS ${objects} VERBATIM COMMENT "Linking ${name}.elf")
	add_custom_target(${name} ALL DEPENDS "${elf}")
	set_target_properties(${name} PROPERTIES JUMPSLOT_ELF "${elf}"
		JUMPSLOT_ARCH "${guest_ARCH}")
endfunction()

function(jumpslot_add_provider name)
	cmake_parse_arguments(provider "PARTITION" "ARCH;GUEST" "" ${ARGN})
	if(NOT TARGET "${provider_GUEST}")
		message(FATAL_ERROR "jumpslot_add_provider(${name}): GUEST "
			"${provider_GUEST} is not a target of jumpslot_add_guest")
	endif()
	get_target_property(elf ${provider_GUEST} JUMPSLOT_ELF)
	if("${provider_ARCH}" STREQUAL "")
		get_target_property(provider_ARCH ${provider_GUEST} JUMPSLOT_ARCH)
	endif()
	_jumpslot_machine("${provider_ARCH}" machine)
	if(machine STREQUAL "-m32")
		set(runner "${JUMPSLOT_HOME}/bin/jumpslot-runner-i386")
	else()
		set(runner "${JUMPSLOT_HOME}/bin/jumpslot-runner-x86_64")
	endif()
	set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.dir")
	set(sources)
	foreach(source IN LISTS provider_UNPARSED_ARGUMENTS)
		get_filename_component(path "${source}" ABSOLUTE)
		list(APPEND sources "${path}")
	endforeach()
	add_custom_command(OUTPUT "${folder}/func_list.h"
		COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}"
		COMMAND "${JUMPSLOT_GEN_FUNC_LIST}" --provided-by "${runner}"
			-o "${folder}/func_list.h" "${elf}"
		DEPENDS "${elf}" ${provider_GUEST} VERBATIM
		COMMENT "Listing the functions of ${provider_GUEST}")
	separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
	set(kind --provider)
	set(file "${name}.so")
	if(provider_PARTITION)
		set(kind --partition-library)
		set(file "${name}.lib")
	endif()
	set(library "${CMAKE_CURRENT_BINARY_DIR}/${file}")
	add_custom_command(OUTPUT "${library}"
		COMMAND "${CMAKE_COMMAND}" -E env "CC=${CMAKE_C_COMPILER}"
			"${JUMPSLOT_CC}" ${kind} ${machine} -O2 ${flags} -I "${folder}"
			${sources} -o "${library}"
		DEPENDS ${sources} "${folder}/func_list.h" VERBATIM
		COMMENT "Building ${file}")
	add_custom_target(${name} ALL DEPENDS "${library}")
endfunction()
