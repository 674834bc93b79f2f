// Values of any type as JSON text, in steps.
//
// Threads: the thread that runs the process. Limits: nesting 512; the text at most as large as the process's heap may
// be. Errors: 1613 for what JSON cannot express, 1706 for a text that is too large.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {

class JsonWriter final : public vm::RootSource {
 public:
  JsonWriter(const vm::Program& program, std::size_t limit_bytes, int indent)
      : program_(program), limit_bytes_(limit_bytes), indent_(indent) {}

  void begin(vm::Object* value) { write(value); }
  /// Writes about `count` values; true when the text is complete or there is an error.
  bool step(int count);
  const std::string& text() const { return out_; }
  const std::optional<Error>& error() const { return error_; }

  void visit_roots(vm::RootVisitor& visitor) override;

 private:
  struct Frame {
    vm::Object* object;
    std::int64_t next = 0;  // element, entry or field
    bool empty = true;      // nothing written yet
    char close;
  };

  void write(vm::Object* value);
  void write_scalar(bytecode::TypeIndex type, vm::Slot value);
  void write_text(const vm::Object* text);
  std::string_view case_name(bytecode::TypeIndex type, vm::Slot value) const;
  void write_key(const vm::Class& map, const vm::MapObject* object, std::int64_t entry);
  void open(vm::Object* object, char open, char close);
  void separate(Frame& frame);
  void line(std::size_t depth);
  void element(Frame& frame);
  void list_element(Frame& frame, const vm::Class& cls);
  void map_entry(Frame& frame, const vm::Class& cls);
  void field(Frame& frame, const vm::Class& cls);
  void finish(const Frame& frame);
  void fail(Code code, std::string message);

  const vm::Program& program_;
  const std::size_t limit_bytes_;
  const int indent_;
  std::string out_;
  std::string scratch_;
  std::vector<Frame> frames_;
  std::optional<Error> error_;
};

}  // namespace noodle::stdlib
