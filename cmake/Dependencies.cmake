# Every library from the distribution: Debian 12 and 13 package names are in tests/packages.txt.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Poco 1.11 REQUIRED COMPONENTS Foundation Util Net NetSSL)
find_package(CLI11 2.1 REQUIRED)
find_package(LibArchive 3.6 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)

# Debian's libzstd has no imported target that works on 12 and 13 alike.
find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
add_library(zstd UNKNOWN IMPORTED)
set_target_properties(zstd PROPERTIES
    IMPORTED_LOCATION ${ZSTD_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${ZSTD_INCLUDE_DIR})

# prometheus-cpp's own configuration wants what its HTTP server and its client need too.
find_path(PROMETHEUS_CPP_INCLUDE_DIR prometheus/text_serializer.h REQUIRED)
find_library(PROMETHEUS_CPP_CORE_LIBRARY prometheus-cpp-core REQUIRED)
add_library(prometheus-cpp-core UNKNOWN IMPORTED)
set_target_properties(prometheus-cpp-core PROPERTIES
    IMPORTED_LOCATION ${PROMETHEUS_CPP_CORE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${PROMETHEUS_CPP_INCLUDE_DIR})

# Debian's hiredis has no imported target that works on 12 and 13 alike.
find_path(HIREDIS_INCLUDE_DIR hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
add_library(hiredis::hiredis UNKNOWN IMPORTED)
set_target_properties(hiredis::hiredis PROPERTIES
    IMPORTED_LOCATION ${HIREDIS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${HIREDIS_INCLUDE_DIR})

find_path(RAPIDJSON_INCLUDE_DIR rapidjson/document.h REQUIRED)
add_library(rapidjson INTERFACE)
target_include_directories(rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIR})
target_compile_definitions(rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)

# Boost.DLL is header-only once it is told to use the standard file system and error code.
find_path(BOOST_INCLUDE_DIR boost/dll/shared_library.hpp REQUIRED)
add_library(boost_dll INTERFACE)
target_include_directories(boost_dll SYSTEM INTERFACE ${BOOST_INCLUDE_DIR})
target_compile_definitions(boost_dll INTERFACE BOOST_DLL_USE_STD_FS)
target_link_libraries(boost_dll INTERFACE ${CMAKE_DL_LIBS})

if(NEXUS_TESTS)
    find_package(doctest 2.4.9 REQUIRED)
    include(doctest)
endif()
