// Roots of a process beyond its registers: single references held by C++ code, and sources with many.
//
// Threads: the thread that runs the process.
#pragma once

namespace noodle::vm {

struct Object;
struct Process;

/// One reference that a collection of `process` keeps alive and updates. Lives on the C++ stack or in a control block;
/// ends before its process.
class Root {
 public:
  explicit Root(Process& process, Object* initial = nullptr);
  ~Root();
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  Object* object;

 private:
  friend struct RootAccess;
  Root* next_;
  Root** link_;  // the pointer that points here
};

/// What a collection does with one reference; may replace it.
struct RootVisitor {
  virtual void visit(Object*& reference) = 0;

 protected:
  ~RootVisitor() = default;
};

/// State of C++ code with references inside, kept alive across steps (Process::native_state).
struct RootSource {
  virtual ~RootSource() = default;
  virtual void visit_roots(RootVisitor& visitor) = 0;
};

}  // namespace noodle::vm
