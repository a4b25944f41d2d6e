# Build kinds. burin_flags is an interface target: every object of ours is compiled and linked with it.
#
#   dev       -O1 -g, assertions on: for the edit-build-test loop
#   release   -O3 -g1, assertions off; no -march: the same file runs on every x86-64
#   asan      AddressSanitizer, UBSan and LeakSanitizer, first finding stops
#   tsan      ThreadSanitizer
#   fuzz      clang, libFuzzer's coverage in the library, AddressSanitizer and UBSan
#   coverage  gcov
set(BURIN_KIND "" CACHE STRING "dev, release, asan, tsan, fuzz or coverage")
set_property(CACHE BURIN_KIND PROPERTY STRINGS dev release asan tsan fuzz coverage)
if(NOT BURIN_KIND)
    if(CMAKE_BUILD_TYPE MATCHES "^(Debug|)$" AND CMAKE_BUILD_TYPE)
        set(kind dev)
    else()
        set(kind release)
    endif()
    set_property(CACHE BURIN_KIND PROPERTY VALUE ${kind})
endif()
if(NOT BURIN_KIND MATCHES "^(dev|release|asan|tsan|fuzz|coverage)$")
    message(FATAL_ERROR "BURIN_KIND is '${BURIN_KIND}'; it must be dev, release, asan, tsan, fuzz or coverage.")
endif()
if(BURIN_KIND STREQUAL fuzz AND NOT CMAKE_C_COMPILER_ID STREQUAL Clang)
    message(FATAL_ERROR "The fuzz build needs clang (libFuzzer): configure with -DCMAKE_C_COMPILER=clang.")
endif()

# The kinds say everything themselves, so CMake's own flags a build type stay out of the way.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
foreach(type DEBUG RELEASE RELWITHDEBINFO MINSIZEREL)
    set(CMAKE_C_FLAGS_${type} "")
endforeach()

# maybe-uninitialized is gcc's guess from what it inlined, another one at each level: it takes values that are set when the
# status says so for unset ones. The sanitizer builds and clang look for the real thing.
add_library(burin_warnings INTERFACE)
target_compile_options(burin_warnings INTERFACE
    -Wall -Wextra -Wshadow $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes> -Wvla -Wno-missing-field-initializers
    $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
option(BURIN_WERROR "warnings are errors" OFF)
if(BURIN_WERROR)
    target_compile_options(burin_warnings INTERFACE -Werror)
endif()
# gcc's string instructions for small blocks of known size take longer to start than the stores that do the same.
include(CheckCCompilerFlag)
set(block_strategies "-mmemset-strategy=unrolled_loop:256:noalign,libcall:-1:noalign" "-mmemcpy-strategy=unrolled_loop:256:noalign,libcall:-1:noalign")
string(REPLACE ";" " " block_flags "${block_strategies}")
check_c_compiler_flag("${block_flags}" BURIN_HAS_BLOCK_STRATEGIES)
add_library(burin_flags INTERFACE)
if(BURIN_HAS_BLOCK_STRATEGIES)
    target_compile_options(burin_flags INTERFACE ${block_strategies})
endif()
target_link_libraries(burin_flags INTERFACE burin_warnings)
target_compile_options(burin_flags INTERFACE -fno-strict-aliasing -ffp-contract=off -fno-semantic-interposition)

set(sanitize_address -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
set(burin_instrument "") # needed at link time too
if(BURIN_KIND STREQUAL dev)
    target_compile_options(burin_flags INTERFACE -O1 -g)
elseif(BURIN_KIND STREQUAL release)
    target_compile_options(burin_flags INTERFACE -O3 -g1 -DNDEBUG -fno-plt)
elseif(BURIN_KIND STREQUAL asan)
    target_compile_options(burin_flags INTERFACE -O1 -g)
    set(burin_instrument ${sanitize_address})
elseif(BURIN_KIND STREQUAL tsan)
    target_compile_options(burin_flags INTERFACE -O1 -g)
    set(burin_instrument -fsanitize=thread)
elseif(BURIN_KIND STREQUAL fuzz)
    target_compile_options(burin_flags INTERFACE -O1 -g)
    set(burin_instrument ${sanitize_address} -fsanitize=fuzzer-no-link)
elseif(BURIN_KIND STREQUAL coverage)
    target_compile_options(burin_flags INTERFACE -O0 -g)
    set(burin_instrument --coverage)
endif()
target_compile_options(burin_flags INTERFACE ${burin_instrument})
target_link_options(burin_flags INTERFACE ${burin_instrument})

# What runs tests under a sanitizer must see: findings are failures, and where.
set(BURIN_TEST_ENVIRONMENT
    "ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99:allocator_may_return_null=1"
    "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99"
    "TSAN_OPTIONS=halt_on_error=1:exitcode=99:allocator_may_return_null=1")
