# What `cmake --install` puts in place: headers, both libraries, the command with its man page and completions (which it
# writes itself, from the same tables as --help), burin.pc and the CMake package.
include(CMakePackageConfigHelpers)

install(DIRECTORY include/burin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(TARGETS burin EXPORT burinTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${CMAKE_BINARY_DIR}/libburin.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(TARGET burin_command)
    install(TARGETS burin_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    set(written ${CMAKE_BINARY_DIR}/share)
    file(MAKE_DIRECTORY ${written})
    set(shells bash zsh fish)
    set(completion_bash "bash-completion/completions/burin")
    set(completion_zsh "zsh/site-functions/_burin")
    set(completion_fish "fish/vendor_completions.d/burin.fish")
    add_custom_command(OUTPUT ${written}/burin.1 COMMAND burin_command --man > ${written}/burin.1 VERBATIM COMMENT "burin.1")
    set(pages ${written}/burin.1)
    install(FILES ${written}/burin.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    foreach(shell ${shells})
        add_custom_command(OUTPUT ${written}/burin.${shell} COMMAND burin_command --completion ${shell} > ${written}/burin.${shell}
                           VERBATIM COMMENT "completion for ${shell}")
        list(APPEND pages ${written}/burin.${shell})
        cmake_path(GET completion_${shell} PARENT_PATH folder)
        cmake_path(GET completion_${shell} FILENAME name)
        install(FILES ${written}/burin.${shell} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} RENAME ${name})
    endforeach()
    add_custom_target(burin_pages ALL DEPENDS ${pages})
endif()

# ---- for those who build against it ----
# What a static link needs on top is what burin_dependencies links.
set(BURIN_PC_REQUIRES_PRIVATE gmp)
set(BURIN_PC_LIBS_PRIVATE "-lunistring -lm -pthread")
if(SQLITE_FOUND)
    # Not by its own file: that asks for zlib, which only SQLite's command needs.
    string(APPEND BURIN_PC_LIBS_PRIVATE " -lsqlite3")
endif()
if(POSTGRES_FOUND)
    string(APPEND BURIN_PC_LIBS_PRIVATE " -lpq")
endif()
configure_file(cmake/burin.pc.in ${CMAKE_BINARY_DIR}/burin.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/burin.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/burin)
install(EXPORT burinTargets NAMESPACE burin:: DESTINATION ${package_dir})
configure_package_config_file(cmake/burinConfig.cmake.in ${CMAKE_BINARY_DIR}/burinConfig.cmake INSTALL_DESTINATION ${package_dir}
                              PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/burinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/burinConfig.cmake ${CMAKE_BINARY_DIR}/burinConfigVersion.cmake DESTINATION ${package_dir})
