# burin_dependencies: what the library needs. burin_yaml, burin_libedit: what the command needs on top, if it is there.
function(burin_require name module package purpose)
    pkg_check_modules(${name} IMPORTED_TARGET QUIET ${module})
    if(${name}_FOUND)
        target_link_libraries(burin_dependencies INTERFACE PkgConfig::${name})
        return()
    endif()
    # libunistring of Debian 12 has no .pc file
    find_library(${name}_LIBRARY ${module})
    find_path(${name}_HEADERS ${ARGV4})
    if(NOT ${name}_LIBRARY OR NOT ${name}_HEADERS)
        message(FATAL_ERROR "${module} is missing (package ${package}): ${purpose}.")
    endif()
    target_link_libraries(burin_dependencies INTERFACE ${${name}_LIBRARY})
    target_include_directories(burin_dependencies INTERFACE ${${name}_HEADERS})
endfunction()

add_library(burin_dependencies INTERFACE)
burin_require(GMP gmp libgmp-dev "integers without bound need it" gmp.h)
burin_require(UNISTRING unistring libunistring-dev "Unicode case mapping and properties need it" unicase.h)
target_link_libraries(burin_dependencies INTERFACE Threads::Threads m)

# libmvec is part of glibc on x86-64: functions of math on vectors, for burin_columns_options.fast_math.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES m)
check_c_source_compiles("
typedef double four __attribute__((vector_size(32)));
__attribute__((target(\"avx2\"))) four _ZGVdN4vv_pow(four, four);
__attribute__((target(\"avx2\"))) int main(int argc, char **argv) { four x = {argc}; return (int)_ZGVdN4vv_pow(x, x)[0]; }" BURIN_HAS_MVEC)
unset(CMAKE_REQUIRED_LIBRARIES)
if(BURIN_HAS_MVEC)
    target_compile_definitions(burin_dependencies INTERFACE BURIN_MVEC=1)
endif()

# An optional library, for `target`: defines `macro` where it is there, and says what is not possible where it is not.
function(burin_optional name module target macro package without)
    pkg_check_modules(${name} IMPORTED_TARGET QUIET ${module})
    if(${name}_FOUND)
        target_link_libraries(${target} INTERFACE PkgConfig::${name})
        target_compile_definitions(${target} INTERFACE ${macro}=1)
    else()
        message(STATUS "${module} is missing (package ${package}): ${without}.")
    endif()
endfunction()

add_library(burin_yaml INTERFACE)
add_library(burin_libedit INTERFACE)
burin_optional(SQLITE sqlite3 burin_dependencies BURIN_SQLITE libsqlite3-dev "no entity stores in files")
burin_optional(POSTGRES libpq>=14 burin_dependencies BURIN_POSTGRES libpq-dev "no entity stores in PostgreSQL")
burin_optional(YAML yaml-0.1 burin_yaml HAVE_LIBYAML libyaml-dev "the command will not read YAML data")
burin_optional(LIBEDIT libedit burin_libedit HAVE_LIBEDIT libedit-dev "`burin repl` will have no history")
