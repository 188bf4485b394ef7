# find_package(NexusRunner): the SDK for backend plugins. Gives nexus_add_backend and the target nexus::sdk.
#
# The SDK comes as source and is compiled with the plugin, so that any compiler and any standard library
# will do: only C crosses the boundary.
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH nexus_prefix)
cmake_path(GET nexus_prefix PARENT_PATH nexus_prefix)
cmake_path(GET nexus_prefix PARENT_PATH nexus_prefix)

find_path(RAPIDJSON_INCLUDE_DIR rapidjson/document.h)
if(NOT RAPIDJSON_INCLUDE_DIR)
    set(NexusRunner_FOUND FALSE)
    set(NexusRunner_NOT_FOUND_MESSAGE
        "The SDK needs the headers of RapidJSON: apt-get install rapidjson-dev, or set RAPIDJSON_INCLUDE_DIR")
    return()
endif()

include(${CMAKE_CURRENT_LIST_DIR}/NexusBackend.cmake)

if(NOT TARGET nexus::sdk)
    file(GLOB nexus_sdk_sources ${nexus_prefix}/share/nexus-runner/sdk/*.cpp)
    add_library(nexus_sdk STATIC EXCLUDE_FROM_ALL ${nexus_sdk_sources})
    add_library(nexus::sdk ALIAS nexus_sdk)
    target_compile_features(nexus_sdk PUBLIC cxx_std_20)
    target_compile_definitions(nexus_sdk PRIVATE RAPIDJSON_HAS_STDSTRING=1)
    target_include_directories(nexus_sdk SYSTEM PUBLIC ${nexus_prefix}/include
        PRIVATE ${RAPIDJSON_INCLUDE_DIR})
    set_target_properties(nexus_sdk PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endif()
