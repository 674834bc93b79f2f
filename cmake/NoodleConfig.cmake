# find_package(Noodle): what agents in C++ are built with.
#
#     noodle_add_plugin(greeter greeter.cpp SCHEMAS greeting.capnp)     # makes greeter.so
#
# Schemas are compiled to <name>.capnp.h beside the build, for #include "<name>.capnp.h".
get_filename_component(noodle_prefix ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
find_path(Noodle_INCLUDE_DIR actors/agents/build_id.hpp HINTS ${noodle_prefix}/include ${noodle_prefix}/../include PATH_SUFFIXES noodle
  NO_DEFAULT_PATH REQUIRED)
find_path(Noodle_CAF_INCLUDE_DIR caf/actor.hpp REQUIRED)
find_library(Noodle_CAF_LIBRARY caf_core REQUIRED)
find_library(Noodle_CAPNP_LIBRARY capnp REQUIRED)
find_library(Noodle_KJ_LIBRARY kj REQUIRED)
find_program(Noodle_CAPNP capnp REQUIRED)

function(noodle_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SCHEMAS")
  set(generated)
  foreach(schema ${arg_SCHEMAS})
    get_filename_component(path ${schema} ABSOLUTE)
    get_filename_component(folder ${path} DIRECTORY)
    get_filename_component(file ${path} NAME)
    set(base ${CMAKE_CURRENT_BINARY_DIR}/${file})
    add_custom_command(OUTPUT ${base}.c++ ${base}.h
      COMMAND ${Noodle_CAPNP} compile --src-prefix=${folder} -oc++:${CMAKE_CURRENT_BINARY_DIR} ${path}
      DEPENDS ${path} VERBATIM)
    list(APPEND generated ${base}.c++ ${base}.h)
  endforeach()
  add_library(${name} MODULE ${arg_UNPARSED_ARGUMENTS} ${generated})
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON)
  target_include_directories(${name} SYSTEM PRIVATE ${Noodle_INCLUDE_DIR} ${Noodle_INCLUDE_DIR}/.. ${Noodle_CAF_INCLUDE_DIR}
    ${CMAKE_CURRENT_BINARY_DIR})
  # What is Noodle's own is found in the program that loads the plug-in.
  target_link_libraries(${name} PRIVATE ${Noodle_CAF_LIBRARY} ${Noodle_CAPNP_LIBRARY} ${Noodle_KJ_LIBRARY})
endfunction()
