# What `cmake --install` puts down: the program, its plugins, and the SDK for those who write one.
# The component `runner` is what runs alone, as for an image.
include(CMakePackageConfigHelpers)

set(sdk ${PROJECT_SOURCE_DIR}/core/sdk)
install(TARGETS nexus-runner COMPONENT runner)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/deploy/backup-worker.sh TYPE BIN)
install(TARGETS docker podman simulated LIBRARY DESTINATION lib/nexus/plugins COMPONENT runner)
install(DIRECTORY ${sdk}/nexus DESTINATION include)
install(DIRECTORY ${sdk}/src/ DESTINATION share/nexus-runner/sdk)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/plugins/simulated DESTINATION share/nexus-runner/examples)
install(FILES ${PROJECT_SOURCE_DIR}/plugins/README.md DESTINATION share/nexus-runner)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/NexusRunnerConfigVersion.cmake
    COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES
    ${PROJECT_BINARY_DIR}/NexusRunnerConfigVersion.cmake
    ${PROJECT_SOURCE_DIR}/cmake/NexusRunnerConfig.cmake
    ${PROJECT_SOURCE_DIR}/cmake/NexusBackend.cmake
    ${PROJECT_SOURCE_DIR}/cmake/plugin.map
    DESTINATION lib/cmake/NexusRunner)
