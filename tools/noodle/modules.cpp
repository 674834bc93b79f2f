// `noodle build`, `disasm` and `verify`: commands about byte code.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "runtime/bytecode/container.hpp"
#include "runtime/bytecode/disasm.hpp"
#include "runtime/bytecode/verifier.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/load.hpp"

namespace noodle::tools {

int build_command(const BuildCommand& command, const CommonOptions& common) {
  package::CompileOptions options;
  options.need_main = false;
  options.sources = !command.strip;
  for (const auto& [name, member] : codegen::Optimisations::kParts) {
    const auto& without = command.without;
    if (std::find(without.begin(), without.end(), name) != without.end()) options.optimise.*member = false;
  }
  auto loaded = load_module(command.path, options, common.json);
  if (!loaded) return loaded.exit_code;
  const auto bytes = bytecode::write_nbc(*loaded.module);
  if (!bytes) {
    print_error(bytes.error(), common.json);
    return kExitCompile;
  }
  const std::string output = command.output.empty() ? loaded.module->name + ".nbc" : command.output;
  if (const auto written = write_file(output, *bytes); !written) {
    print_error(written.error(), common.json);
    return kExitCompile;
  }
  if (common.json) {
    std::cout << "{\"output\":" << json_string(output) << ",\"bytes\":" << bytes->size()
              << ",\"functions\":" << loaded.module->functions.size() << ",\"types\":" << loaded.module->types.size()
              << "}\n";
  } else if (stdout_is_terminal()) {
    std::cout << output << ": " << bytes->size() << " bytes, " << loaded.module->functions.size() << " functions\n";
  }
  return kExitOk;
}

int disasm_command(const std::string& path, const std::string& function, const CommonOptions& common) {
  package::CompileOptions options;
  options.need_main = false;
  auto loaded = load_module(path, options, common.json);
  if (!loaded) return loaded.exit_code;
  bytecode::DisasmOptions disasm_options;
  disasm_options.function = function;
  std::cout << (common.json ? bytecode::disassemble_json(*loaded.module, disasm_options) + "\n"
                            : bytecode::disassemble(*loaded.module, disasm_options));
  return kExitOk;
}

int verify_command(const std::vector<std::string>& paths, const CommonOptions& common) {
  int exit_code = kExitOk;
  for (const std::string& path : paths) {
    auto loaded = load_module(path, {}, common.json);
    if (!loaded) {
      exit_code = loaded.exit_code;
      continue;
    }
    if (const auto verified = bytecode::verify(*loaded.module); !verified) {
      print_error(verified.error(), common.json);
      exit_code = kExitCompile;
    } else if (common.json) {
      std::cout << "{\"file\":" << json_string(path) << ",\"verified\":true}\n";
    } else {
      std::cout << path << ": verified, " << loaded.module->functions.size() << " functions, "
                << loaded.module->types.size() << " types\n";
    }
  }
  return exit_code;
}

}  // namespace noodle::tools
