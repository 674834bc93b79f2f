# Compiler settings, third-party packages and two generators: noodle_capnp (schemas) and noodle_embed (text into C++).
find_package(tomlplusplus REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(asmjit REQUIRED)
find_package(Threads REQUIRED)
if(NOODLE_WITH_CAF)
  # Debian's libcaf-dev ships no CMake package.
  find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
  find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
  add_library(CAF::core SHARED IMPORTED)
  set_target_properties(CAF::core PROPERTIES IMPORTED_LOCATION ${CAF_CORE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()

# Linked statically where Debian has an archive: each shared library costs `noodle` about half a millisecond at start.
foreach(name capnp kj sodium xxhash)
  find_library(NOODLE_LIB_${name} NAMES lib${name}.a ${name} REQUIRED)
endforeach()
add_library(noodle_capnproto INTERFACE)
target_link_libraries(noodle_capnproto INTERFACE ${NOODLE_LIB_capnp} ${NOODLE_LIB_kj})

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(NOODLE_SANITIZE OR NOODLE_FUZZ)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")  # twice as quick to build; the checks are the same
endif()

find_program(CCACHE ccache)
if(CCACHE)  # with what it wants to be told before it caches a file that uses a precompiled header
  set(CMAKE_CXX_COMPILER_LAUNCHER /usr/bin/env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

# The standard headers are more than half of what the compiler reads: compiled once, by noodle_messages for the layers and
# by noodle_test_main for the tests. The fuzzing build does without, and so finds the files that lean on them.
set(NOODLE_STANDARD_HEADERS <algorithm> <array> <atomic> <charconv> <chrono> <deque> <functional> <map>
  <memory> <mutex> <optional> <set> <span> <string> <string_view> <unordered_map> <unordered_set> <variant> <vector>)
set(CMAKE_DISABLE_PRECOMPILE_HEADERS ${NOODLE_FUZZ})

add_library(noodle_settings INTERFACE)
target_include_directories(noodle_settings INTERFACE ${CMAKE_SOURCE_DIR})
target_include_directories(noodle_settings SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/generated)
target_compile_options(noodle_settings INTERFACE -Wall -Wextra -Wshadow -Werror -fno-math-errno)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12: on "text" + std::to_string(n) (GCC bug 105651), of three kinds; and several under
  # sanitizers, where warnings are not what one looks for.
  target_compile_options(noodle_settings INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
  if(NOODLE_SANITIZE OR NOODLE_TSAN)
    target_compile_options(noodle_settings INTERFACE -Wno-maybe-uninitialized -Wno-error)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(noodle_settings INTERFACE -Wno-invalid-offsetof)  # machine code looks into vm::Process
endif()
target_link_libraries(noodle_settings INTERFACE Threads::Threads)
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_link_options(noodle_settings INTERFACE -fuse-ld=mold)
endif()
if(NOODLE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined)
elseif(NOODLE_TSAN)
  add_compile_options(-fsanitize=thread -g1)
  add_link_options(-fsanitize=thread)
endif()
if(NOODLE_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(NOODLE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -g1)
  add_link_options(-fsanitize=address,undefined)
endif()

# Cap'n Proto schemas -> ${CMAKE_BINARY_DIR}/generated/<folder>/<name>.capnp.{h,c++}
function(noodle_capnp out)
  set(generated)
  foreach(schema ${ARGN})
    file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${schema})
    set(base ${CMAKE_BINARY_DIR}/generated/${name})
    add_custom_command(OUTPUT ${base}.c++ ${base}.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated
      COMMAND capnp compile -I${CMAKE_SOURCE_DIR} -I/usr/include --src-prefix=${CMAKE_SOURCE_DIR} -oc++:${CMAKE_BINARY_DIR}/generated ${schema}
      DEPENDS ${schema} VERBATIM)
    list(APPEND generated ${base}.c++ ${base}.h)
    set_source_files_properties(${base}.c++ PROPERTIES COMPILE_OPTIONS "-w")
  endforeach()
  set(${out} ${generated} PARENT_SCOPE)
endfunction()

# Text files -> one C++ file that defines `const noodle::EmbeddedFile <symbol>[]` (see runtime/stdlib/embedded.hpp).
function(noodle_embed out symbol)
  set(target ${CMAKE_BINARY_DIR}/generated/${symbol}.cpp)
  add_custom_command(OUTPUT ${target}
    COMMAND ${CMAKE_COMMAND} -DOUT=${target} -DSYMBOL=${symbol} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  set(${out} ${target} PARENT_SCOPE)
endfunction()
