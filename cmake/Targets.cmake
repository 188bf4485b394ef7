# How this project builds its targets: one place for flags, output folders and the shape of a library. That
# of a plugin is in NexusBackend.cmake.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(NEXUS_PLUGIN_OUTPUT ${PROJECT_BINARY_DIR}/lib/nexus/plugins)

if(NEXUS_SANITIZE)
    add_compile_options(-fsanitize=${NEXUS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${NEXUS_SANITIZE})
    # RapidJSON 1.1 adds to a null pointer where its stack is still empty.
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
        add_compile_options(-fno-sanitize=pointer-overflow)
    endif()
endif()

add_library(nexus_flags INTERFACE)
target_compile_options(nexus_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# At -O3 g++ 12 takes "x" + std::string for a copy that overlaps or has no end (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(nexus_flags INTERFACE
        -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(NEXUS_WERROR)
    target_compile_options(nexus_flags INTERFACE -Werror)
endif()

# What nearly every file includes, read once a target.
set(nexus_precompiled <chrono> <functional> <map> <memory> <mutex> <optional> <set> <string>
    <string_view> <thread> <vector>)

# nexus_library(FOLDER SOURCES file... [USES target...] [NEEDS target...])
# One static library for a folder of core, as nexus::FOLDER. USES stay inside; NEEDS show in its headers.
function(nexus_library folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;NEEDS")
    add_library(nexus_${folder} STATIC ${arg_SOURCES})
    add_library(nexus::${folder} ALIAS nexus_${folder})
    target_include_directories(nexus_${folder} PUBLIC ${PROJECT_SOURCE_DIR}/core)
    target_link_libraries(nexus_${folder} PUBLIC ${arg_NEEDS} PRIVATE nexus_flags ${arg_USES})
    target_precompile_headers(nexus_${folder} PRIVATE ${nexus_precompiled})
endfunction()

# nexus_embed(TARGET HEADER FUNCTION file...)
# Gives TARGET the header HEADER with `std::string_view FUNCTION(std::string_view stem)`: the text of each
# file by its name without the extension, empty for a name that is not there.
function(nexus_embed target header function)
    set(entries "")
    foreach(file IN LISTS ARGN)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        file(READ ${file} text)
        cmake_path(GET file STEM stem)
        string(APPEND entries "    if (stem == \"${stem}\") return R\"embedded(${text})embedded\";\n")
    endforeach()
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
    file(CONFIGURE OUTPUT ${folder}/${header} CONTENT
"#pragma once
#include <string_view>
inline std::string_view ${function}([[maybe_unused]] std::string_view stem) {
${entries}    return {};
}
" @ONLY)
    target_include_directories(${target} PRIVATE ${folder})
endfunction()
