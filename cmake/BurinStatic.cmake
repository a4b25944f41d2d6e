# libburin.a: all objects joined into one, in which every hidden name is then made local. A host may have its own
# `buf_append` without a clash, and only what include/burin/ declares can be linked against.
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/libburin.a
    COMMAND ${CMAKE_COMMAND} -E rm -f libburin.a
    COMMAND ${CMAKE_LINKER} -r -o burin-joined.o $<TARGET_OBJECTS:burin_objects>
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden burin-joined.o
    COMMAND ${CMAKE_AR} rcs libburin.a burin-joined.o
    COMMAND ${CMAKE_COMMAND} -E rm -f burin-joined.o
    DEPENDS burin_objects $<TARGET_OBJECTS:burin_objects>
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR} COMMAND_EXPAND_LISTS VERBATIM COMMENT "libburin.a")
add_custom_target(burin_static_archive ALL DEPENDS ${CMAKE_BINARY_DIR}/libburin.a)
add_library(burin_static INTERFACE)
add_dependencies(burin_static burin_static_archive)
target_link_libraries(burin_static INTERFACE ${CMAKE_BINARY_DIR}/libburin.a burin_dependencies)
target_include_directories(burin_static INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(burin_static INTERFACE BURIN_STATIC=1)
