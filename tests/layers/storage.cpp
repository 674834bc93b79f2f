// Links storage, runtime/base and messages, nothing above.
#include "storage/store.hpp"

int main() {
  const auto store = noodle::storage::Store::open("/nonexistent/store", {.create = false});
  return !store && store.error().code == noodle::Code::store_unavailable ? 0 : 1;
}
