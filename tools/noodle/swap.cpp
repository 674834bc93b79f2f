// `noodle swap`: upgrades a program that runs under a name.
#include <iostream>

#include "runtime/bytecode/container.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/control.hpp"
#include "tools/noodle/load.hpp"

namespace noodle::tools {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

int list_running(bool json) {
  const std::vector<std::string> names = running_names();
  for (const std::string& name : names) {
    std::cout << (json ? "{\"name\":" + json_string(name) + "}" : name) << '\n';
  }
  if (names.empty() && !json) std::cout << "nothing runs under a name; start it with `noodle run --name NAME FILE`\n";
  return kExitOk;
}

void print_json(const Msg<wire::SwapDone>& done) {
  std::cout << "{\"version\":" << done->getVersion() << ",\"moved\":" << done->getMoved()
            << ",\"stayed\":" << done->getStayed() << ",\"behind\":" << done->getBehind()
            << ",\"failures\":" << done->getFailures() << ",\"killed\":" << done->getKilled()
            << ",\"elapsedNs\":" << done->getElapsedNs() << ",\"code\":" << done->getFailure().getCode()
            << ",\"takenBack\":" << json_string(done->getTakenBack().cStr()) << ",\"changes\":[";
  const char* comma = "";
  for (const auto change : done->getChanges()) {
    std::cout << comma << "{\"kind\":" << json_string(change.getKind().cStr())
              << ",\"breaking\":" << (change.getBreaking() ? "true" : "false")
              << ",\"subject\":" << json_string(change.getSubject().cStr())
              << ",\"text\":" << json_string(change.getText().cStr()) << '}';
    comma = ",";
  }
  std::cout << "]}\n";
}

bool print_changes(const Msg<wire::SwapDone>& done) {
  bool breaks = false;
  for (const auto change : done->getChanges()) {
    breaks |= change.getBreaking();
    std::cout << (change.getBreaking() ? "  breaks  " : "          ") << change.getSubject().cStr() << ' '
              << change.getText().cStr() << '\n';
  }
  return breaks;
}

void print_outcome(const Msg<wire::SwapDone>& done) {
  std::cout << "swap " << done->getVersion() << ": " << done->getMoved() << " actors moved in "
            << static_cast<double>(done->getElapsedNs()) / kNsPerMs << " ms";
  if (done->getBehind() != 0) std::cout << ", " << done->getBehind() << " still on an older one";
  if (done->getKilled() != 0) std::cout << ", " << done->getKilled() << " killed";
  if (done->getFailures() != 0) std::cout << ", " << done->getFailures() << " crashed";
  std::cout << '\n';
  for (const auto stay : done->getStays()) {
    std::cout << "  process " << process::pid_index(stay.getProcess()) << " stays: error "
              << stay.getFailure().getCode() << ": " << stay.getFailure().getMessage().cStr() << '\n';
  }
}

}  // namespace

int swap_command(const SwapCommand& command, const CommonOptions& common) {
  if (command.name.empty()) return list_running(common.json);
  if (command.path.empty()) {
    print_error({Code::file_not_found, "give the new version too: noodle swap " + command.name + " FILE", {}},
                common.json);
    return kExitUsage;
  }
  auto loaded = load_module(command.path, {.actors = true}, common.json);
  if (!loaded) return loaded.exit_code;
  const auto image = bytecode::write_nbc(*loaded.module);
  if (!image) {
    print_error(image.error(), common.json);
    return kExitCompile;
  }
  auto request = Msg<wire::SwapProgram>::try_build([&](wire::SwapProgram::Builder swap) {
    swap.setImage(capnp::Data::Reader(reinterpret_cast<const capnp::byte*>(image->data()), image->size()));
    swap.setCanary(command.canary_percent / 100);
    swap.setFailureShare(command.failure_percent / 100);
    swap.setWatchNs(command.watch_ms * kNsPerMs);
    swap.setPatienceNs((command.drain_ms >= 0 ? command.drain_ms : command.patience_ms) * kNsPerMs);
    swap.setDrain(command.drain_ms >= 0);
    swap.setStrict(command.strict);
    swap.setForce(command.force);
    swap.setCheckOnly(command.check);
  });
  auto done = request ? request_swap(command.name, *request) : request.error();
  if (!done) {
    print_error(done.error(), common.json);
    return kExitUncaught;
  }
  const auto failure = (*done)->getFailure();
  if (common.json) {
    print_json(*done);
  } else if (const bool breaks = print_changes(*done); command.check) {
    std::cout << (breaks ? "this would break the running program\n" : "the running program can move to it\n");
    return breaks ? kExitUncaught : kExitOk;
  } else if ((*done)->getVersion() != 0) {
    print_outcome(*done);
  }
  if (failure.getCode() == 0) return kExitOk;
  if (!common.json) print_error({static_cast<Code>(failure.getCode()), failure.getMessage().cStr(), {}}, false);
  return kExitUncaught;
}

}  // namespace noodle::tools
