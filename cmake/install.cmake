# cmake --install: the program, and what agents in C++ are built with (find_package(Noodle)). The headers are those that
# actors/agents/plugin.hpp includes; they keep their places below include/noodle.
set(noodle_plugin_headers
  actors/agents/agent.hpp actors/agents/plugin.hpp actors/core/caf_error.hpp actors/core/caf_messages.hpp
  actors/core/node_actor.hpp actors/core/roster.hpp actors/core/seat.hpp actors/core/supervisor.hpp
  actors/core/vitals.hpp actors/mesh/message_types.hpp messages/error.hpp messages/error_table.def messages/frame.hpp
  messages/ids.hpp messages/limits.hpp messages/msg.hpp runtime/base/clock.hpp runtime/base/log.hpp
  runtime/base/metrics/metrics.hpp runtime/base/secret.hpp runtime/process/supervision.hpp)
list(TRANSFORM noodle_plugin_headers PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE header_paths)
set(build_id ${CMAKE_BINARY_DIR}/generated/actors/agents/build_id.hpp)
add_custom_command(OUTPUT ${build_id}
  COMMAND ${CMAKE_COMMAND} -DOUT=${build_id} -DVERSION=${PROJECT_VERSION} "-DFILES=${header_paths}"
    -P ${CMAKE_SOURCE_DIR}/cmake/build_id.cmake
  DEPENDS ${header_paths} ${CMAKE_SOURCE_DIR}/cmake/build_id.cmake VERBATIM)
target_sources(noodle_actors PRIVATE ${build_id})

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS noodle RUNTIME)
foreach(header ${noodle_plugin_headers})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/noodle/${folder})
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/agent.hpp CONTENT [[
// All that an agent in C++ needs.
#pragma once
#include "actors/agents/plugin.hpp"
#include "runtime/base/log.hpp"
]])
install(FILES ${CMAKE_BINARY_DIR}/agent.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/noodle)
install(FILES ${build_id} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/noodle/actors/agents)
write_basic_package_version_file(NoodleConfigVersion.cmake COMPATIBILITY ExactVersion)
install(FILES cmake/NoodleConfig.cmake ${CMAKE_BINARY_DIR}/NoodleConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Noodle)
