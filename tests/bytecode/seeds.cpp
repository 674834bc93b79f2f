#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/bytecode/container.hpp"
#include "runtime/bytecode/verifier.hpp"
#include "runtime/vm/program.hpp"
#include "tests/support/seed_modules.hpp"

using namespace noodle;

// UPDATE_GOLDEN=1 also writes them into the corpus of the container fuzzer.
TEST_CASE("the modules that fuzzers start from verify and link") {
  const std::vector<bytecode::Module> seeds = test::seed_modules();
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    CAPTURE(i);
    const Result<void> verified = bytecode::verify(seeds[i]);
    CAPTURE((verified ? std::string() : verified.error().to_string()));
    REQUIRE(verified);
    const Result<std::shared_ptr<const vm::Program>> program = vm::link(seeds[i]);
    CAPTURE((program ? std::string() : program.error().to_string()));
    REQUIRE(program);
    const Result<std::string> file = bytecode::write_nbc(seeds[i]);
    REQUIRE(file);
    if (std::getenv("UPDATE_GOLDEN")) {
      const auto folder = std::filesystem::path(NOODLE_SOURCE_DIR) / "tests/fuzz/corpus/container";
      std::filesystem::create_directories(folder);
      std::ofstream(folder / ("seed-" + std::to_string(i) + ".nbc"), std::ios::binary) << *file;
    }
  }
}
