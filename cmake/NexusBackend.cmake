# nexus_add_backend(NAME SOURCES file... [USES target...])
# A backend plugin: NAME.so with exactly one exported symbol, writable by its owner alone. It goes where
# CMAKE_LIBRARY_OUTPUT_DIRECTORY says.
function(nexus_add_backend name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES")
    add_library(${name} MODULE ${arg_SOURCES})
    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
    set_target_properties(${name} PROPERTIES
        PREFIX "" LINK_DEPENDS ${script} CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    target_link_options(${name} PRIVATE -Wl,--version-script=${script} -Wl,--exclude-libs,ALL)
    target_link_libraries(${name} PRIVATE nexus::sdk ${arg_USES})
    # A umask of 002 would leave a plugin that the loader rightly refuses.
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND chmod go-w $<TARGET_FILE:${name}> $<TARGET_FILE_DIR:${name}> VERBATIM)
    if(TARGET nexus_flags) # in the runner's own tree
        target_link_libraries(${name} PRIVATE nexus_flags)
    endif()
endfunction()
