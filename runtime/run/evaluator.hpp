// A process that runs one function after another, each of a program of its own: where a session evaluates its inputs.
//
// Between two evaluations it keeps its pid, mailbox, links and monitors, but no heap: values that are to live on leave
// it as one portable image. An uncaught error ends the evaluation and not the process; a kill or a spent fuel budget
// ends both. Messages that were written for an earlier program are translated when a later one looks at them.
// Threads: post from any; the rest belongs to the owner of the process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/error.hpp"
#include "runtime/message/portable_image.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::process {

struct LoadedProgram;
struct ProcessControl;
struct Message;

/// How an evaluation ended.
struct Evaluated {
  std::uint16_t code = 0;  // 0: it returned; else the error that was not caught
  std::string message;
  std::string trace;
  PortableImage values;                             // one root for each value, null for those that are lost
  std::vector<std::pair<std::size_t, Error>> lost;  // values that cannot be kept, and why
  std::vector<bool> stored;                         // by value: the evaluation has set it
  std::string shown;                                // text of what it gave to `$session_show`
  bool shown_cut = false;                           // it was longer than Evaluation::shown_bytes
  std::uint64_t fuel = 0;
  std::uint64_t heap_bytes = 0;  // at its end
};

struct Evaluation {
  std::shared_ptr<const LoadedProgram> program;
  std::uint32_t function = bytecode::kNone;  // takes nothing
  ImportedImage values;                      // what it begins with, in the classes of the program
  std::size_t value_count = 0;               // roots of the image of values at its end
  std::uint64_t fuel = ~std::uint64_t{0};    // budget (1702)
  std::size_t shown_bytes = 4096;
  std::function<void(Evaluated)> done;  // from any thread; not called when the process ends
};

class Evaluator {
 public:
  explicit Evaluator(Evaluation first) : next_(std::move(first)) {}

  void post(Evaluation next) {
    const std::lock_guard lock(mutex_);
    next_ = std::move(next);
  }
  std::optional<Evaluation> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(next_, std::nullopt);
  }

  // ---- of the evaluation that runs; for the owner
  Evaluation current;
  Evaluated result;
  std::vector<std::unique_ptr<vm::Root>> values;
  std::uint64_t fuel_before = 0;

 private:
  std::mutex mutex_;
  std::optional<Evaluation> next_;
};

/// False: it was written for an earlier program, and the one that runs now has not all its types. A later one may.
bool is_readable(const ProcessControl& control, const Message& message);
/// Its values in the classes of the program that runs now, which is not the one it was written for.
Result<ImportedImage> image_here(const ProcessControl& control, Message& message,
                                 std::span<const bytecode::TypeRef> types);
/// The message in the classes of the program that runs now; as it was, if that is not possible.
Message* readable(ProcessControl& control, Message* message);

/// Values of a portable image that `to` has the types for, as an image for `to`, when not all of them can be
/// imported there. `lost`: roots that are null now. `from` is a program the image was written by.
Result<ImportedImage> import_known(const PortableImage& image, const LoadedProgram& from, const LoadedProgram& to,
                                   std::vector<std::pair<std::size_t, Error>>& lost);

/// Bytes that each root of an image reaches, alone.
std::vector<std::uint64_t> root_sizes(const PortableImage& image, const LoadedProgram& program);

}  // namespace noodle::process
