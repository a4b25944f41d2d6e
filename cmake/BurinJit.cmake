# burin-jit, the compiler process: built where libgccjit is. It shares a few sources with the library, compiled for themselves,
# so that it is the same program whatever the library is instrumented with.
option(BURIN_JIT "build the compiler process burin-jit, if libgccjit is there" ON)
file(GLOB gccjit_folders /usr/lib/gcc/*/*/include)
find_path(GCCJIT_HEADERS libgccjit.h HINTS ${gccjit_folders})
file(GLOB gccjit_folders /usr/lib/gcc/*/*)
find_library(GCCJIT_LIBRARY gccjit HINTS ${gccjit_folders})
if(NOT BURIN_JIT)
    return()
endif()
if(NOT GCCJIT_HEADERS OR NOT GCCJIT_LIBRARY)
    message(STATUS "libgccjit is missing (package libgccjit-12-dev): templates will run in the interpreter only.")
    return()
endif()

file(GLOB jit_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} jit/*.c)
list(APPEND jit_sources codegen/cache/builder.c codegen/jit/abi.c codegen/jit/protocol.c codegen/jit/wire.c
     codegen/kernel/check.c codegen/kernel/ops.c codegen/kernel/wire.c codegen/ir/ir.c codegen/ir/registers.c runtime/base/memory.c runtime/base/text.c)
add_executable(burin_jit ${jit_sources})
set_target_properties(burin_jit PROPERTIES OUTPUT_NAME burin-jit)
target_compile_options(burin_jit PRIVATE $<TARGET_PROPERTY:burin_warnings,INTERFACE_COMPILE_OPTIONS> -O2 -g1)
target_include_directories(burin_jit PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include)
target_compile_options(burin_jit PRIVATE SHELL:-idirafter\ ${GCCJIT_HEADERS}) # last: gcc's own headers are there too, which clang must not take
target_link_libraries(burin_jit PRIVATE ${GCCJIT_LIBRARY} Threads::Threads)
target_link_options(burin_jit PRIVATE -Wl,--build-id=sha1) # it says which code is this program's
install(TARGETS burin_jit DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/burin)
