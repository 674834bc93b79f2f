// Growth of lists. Elements are moved by the natives in natives_list.cpp and the interpreter's list instructions.
#pragma once

#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {

struct Process;

/// Elements the storage has room for.
inline std::int64_t list_capacity(const ListObject* list) {
  return list->storage ? list->storage->length() : 0;
}
/// Makes room for at least `capacity` elements in the list, which is a root. False: out of memory, error pending.
bool grow_list(Process& process, Object*& list, Storage kind, std::int64_t capacity);
/// The same for one element more, with head room for the next ones.
bool grow_list_by_one(Process& process, Object*& list, Storage kind);

}  // namespace noodle::vm
