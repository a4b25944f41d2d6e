# Lexers and parsers are generated into the build folder; includes name them as if they stood in the tree. So are texts that a
# program contains.
#   lexer/NAME.re -> generated/lexer/NAME.c        (re2c)
#   parser/NAME.y -> generated/parser/NAME.c, .h   (lemon, with the driver parser/lempar.c)
set(BURIN_GENERATED ${CMAKE_BINARY_DIR}/generated)
find_program(RE2C re2c)
find_program(LEMON lemon)

function(burin_lexer file sources)
    if(NOT RE2C)
        message(FATAL_ERROR "re2c is missing (package re2c): ${file} cannot be turned into C.")
    endif()
    string(REGEX REPLACE "\\.re$" ".c" output "${BURIN_GENERATED}/${file}")
    cmake_path(GET output PARENT_PATH folder)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${output}
        COMMAND ${RE2C} --no-generation-date -W -Wno-nondeterministic-tags -i -o ${output} ${CMAKE_SOURCE_DIR}/${file}
        DEPENDS ${CMAKE_SOURCE_DIR}/${file} COMMENT "re2c ${file}" VERBATIM)
    burin_generated_options(${output})
    set(${sources} ${${sources}} ${output} PARENT_SCOPE)
endfunction()

function(burin_grammar file sources)
    if(NOT LEMON)
        message(FATAL_ERROR "lemon is missing (package lemon): ${file} cannot be turned into C.")
    endif()
    string(REGEX REPLACE "\\.y$" "" base "${BURIN_GENERATED}/${file}")
    cmake_path(GET base PARENT_PATH folder)
    file(MAKE_DIRECTORY ${folder})
    set(driver ${CMAKE_SOURCE_DIR}/parser/lempar.c)
    # -l: no #line directives, whose file names would make the object depend on where the tree lies
    add_custom_command(OUTPUT ${base}.c ${base}.h
        COMMAND ${LEMON} -q -l -d${folder} -T${driver} ${CMAKE_SOURCE_DIR}/${file}
        DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${driver} COMMENT "lemon ${file}" VERBATIM)
    burin_generated_options(${base}.c)
    set(${sources} ${${sources}} ${base}.c PARENT_SCOPE)
endfunction()

# generated/NAME: the file as a string literal of C.
function(burin_text_include file name)
    file(READ ${CMAKE_SOURCE_DIR}/${file} text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "?" "\\?" text "${text}") # no trigraphs
    string(REPLACE "\n" "\\n\"\n\"" text "${text}")
    file(WRITE ${BURIN_GENERATED}/${name}.new "\"${text}\"\n")
    configure_file(${BURIN_GENERATED}/${name}.new ${BURIN_GENERATED}/${name} COPYONLY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
endfunction()

# The skeletons that lemon and re2c write do not keep our stricter warnings.
function(burin_generated_options file)
    set_source_files_properties(${file} PROPERTIES
        COMPILE_OPTIONS "-Wno-shadow;-Wno-missing-prototypes;-Wno-unused-parameter;-Wno-unused-variable;-Wno-unused-but-set-variable;-Wno-sign-compare;-Wno-implicit-fallthrough")
endfunction()
