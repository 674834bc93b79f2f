// The .nbc bytes of a program.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "runtime/bytecode/container.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"

namespace noodle::test {

inline std::string image_of(const std::string& source) {
  stdlib::register_stdlib_natives();
  process::install();
  auto compilation = package::compile_text("test.nc", source, {.need_main = false});
  REQUIRE(compilation->module.has_value());
  auto image = bytecode::write_nbc(*compilation->module);
  REQUIRE(image);
  return *image;
}

}  // namespace noodle::test
