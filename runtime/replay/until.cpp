#include "runtime/replay/until.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/debugger/frames.hpp"
#include "runtime/debugger/patch.hpp"
#include "runtime/process/system.hpp"
#include "runtime/replay/stepper.hpp"

namespace noodle::replay {
namespace {

using namespace process;
using debugger::Frame;
using debugger::Site;

constexpr std::size_t kLongestValue = 120;
constexpr std::int64_t kMostFields = 50;

Error wrong(std::string_view line, const std::string& why) {
  return {Code::usage, "cannot stop at `" + std::string(line) + "`: " + why, {}};
}

/// The one file of the program whose path is `name` or ends with it.
Result<std::uint32_t> file_of(const bytecode::Module& module, std::string_view line, std::string_view name) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t file = 0; file < module.files.size(); ++file) {
    const std::string& path = module.files[file];
    if (path == name) return file;
    const bool ends = path.size() > name.size() && path.ends_with(name) && path[path.size() - name.size() - 1] == '/';
    if (ends) found.push_back(file);
  }
  if (found.size() == 1) return found.front();
  std::string all;
  for (const std::uint32_t file : found) all += (all.empty() ? "" : ", ") + module.files[file];
  return found.empty() ? wrong(line, "the program has no file `" + std::string(name) + "`")
                       : wrong(line, "several files end so: " + all);
}

/// The places of a frame: also those of the functions that were compiled into its own.
void add_places(const Frame& frame, std::vector<Reached::Place>& out) {
  const vm::Function& function = *frame.function;
  const bytecode::Module& module = function.program->module;
  const std::string file = function.def->file < module.files.size() ? module.files[function.def->file] : "";
  const bytecode::LineEntry at = debugger::position(frame);
  const bytecode::InlinedCall* inlined = function.program->inlined_call(function, frame.word);
  if (!inlined) return out.push_back({function.def->name, file, at.line, at.column});
  out.push_back({inlined->name, file, at.line, at.column});
  out.push_back({function.def->name, file, inlined->line, inlined->column});
}

}  // namespace

Result<std::unique_ptr<Until>> Until::at(std::shared_ptr<const vm::Program> program, std::uint32_t function,
                                         std::string_view line, std::function<void(const Reached&)> on_reached) {
  const bytecode::Module& module = program->module;
  const std::size_t colon = line.rfind(':');
  const std::string_view digits = colon == line.npos ? line : line.substr(colon + 1);
  std::uint32_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (problem != std::errc() || end != digits.data() + digits.size() || number == 0) {
    return wrong(line, "write LINE or FILE:LINE, such as 12 or app.nc:12");
  }
  Result<std::uint32_t> file = function < module.functions.size() ? module.functions[function].file : 0;
  if (colon != line.npos) file = file_of(module, line, line.substr(0, colon));
  if (!file) return file.error();
  std::string reason;
  const std::vector<Site> sites = debugger::CodeMap(program, {}).at_line(*file, number, reason);
  if (sites.empty()) return wrong(line, reason);
  return std::unique_ptr<Until>(new Until(std::move(program), sites, std::move(on_reached)));
}

Until::Until(std::shared_ptr<const vm::Program> program, const std::vector<Site>& sites,
             std::function<void(const Reached&)> on_reached)
    : program_(std::move(program)), on_reached_(std::move(on_reached)) {
  for (const Site& site : sites) set_.push_back({site, debugger::set_breakpoint(*site.function, site.word)});
  program_->debugger = this;
}

Until::~Until() {
  clear();
  program_->debugger = nullptr;
}

void Until::clear() {
  for (const Set& set : set_) debugger::clear_breakpoint(*set.site.function, set.site.word, set.handler);
}

std::optional<std::uint16_t> Until::at_breakpoint(vm::Process& process, const std::uint64_t* word) {
  const auto set = std::find_if(set_.begin(), set_.end(), [&](const Set& s) { return s.site.address() == word; });
  if (!std::exchange(reached_, true)) {
    System& system = control_of(process).worker->system();
    Reached reached;
    reached.process = process_text(system, process.pid);
    for (const Frame& frame : debugger::frames(process, 0, kMostFrames)) add_places(frame, reached.stack);
    if (process.state) {
      const debugger::Value self = debugger::object_value(*program_, process.state);
      for (const debugger::NamedValue& field : debugger::parts(*program_, self, 0, kMostFields)) {
        reached.fields.push_back({field.name, debugger::shown_text(*program_, field.value, kLongestValue)});
      }
    }
    const SystemStats stats = system.stats();
    reached.fuel = stats.fuel;
    reached.messages = stats.messages;
    clear();
    on_reached_(reached);
  }
  return set->handler;
}

}  // namespace noodle::replay
