// Natives of List that compare elements: sort, order, minIndex, maxIndex.
//
// Sorting is a stable merge sort in steps: runs of kRun elements are sorted one after the other, then merged in passes
// between the list and a scratch array. A merge can stop after any output element; where it goes on follows from the
// output position alone (co-ranking: Siebert and Traff, "Perfectly load-balanced, stable, synchronization-free parallel
// merge", 2013), so that the whole state is one number.
#include <algorithm>
#include <bit>
#include <cmath>

#include "runtime/natives/native_call.hpp"
#include "runtime/values/rope.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::int64_t kRun = 256;
constexpr std::int64_t kMergeStep = 4096;  // elements put out between two looks at the fuel

enum class Order { ints, floats, texts, none };

Order order_of(const NativeContext& native, const Object* list) {
  const bytecode::TypeRef& type = element_type(native, list);
  switch (kind_of(native, type.index)) {
    case TypeKind::int_:
    case TypeKind::byte:
    case TypeKind::bool_:
    case TypeKind::duration:
    case TypeKind::time:
      return Order::ints;
    case TypeKind::float_:
      return Order::floats;
    case TypeKind::string:
      return type.nullable ? Order::none : Order::texts;
    default:
      return Order::none;
  }
}

NativeStatus no_order(NativeContext& native) {
  return native.trap(Code::invalid_argument, "the elements of the list have no order");
}

/// One step of a sort of `count` elements; true if there are more. `progress` counts elements: those of the runs, then
/// those of each merge pass.
template <class T, class Less>
bool sort_step(std::int64_t& progress, T* list, T* scratch, std::int64_t count, const Less& less) {
  if (progress < count) {
    const std::int64_t end = std::min(progress + kRun, count);
    std::stable_sort(list + progress, list + end, less);
    progress = end;
    return progress < count || count > kRun;
  }
  const std::int64_t pass = progress / count - 1;  // 0, 1, ...
  const std::int64_t width = kRun << pass;
  if (width >= count) {  // merged; the result may lie in the scratch array
    if (pass % 2 == 1) std::copy(scratch, scratch + count, list);
    return false;
  }
  const T* source = pass % 2 == 0 ? list : scratch;
  T* target = pass % 2 == 0 ? scratch : list;
  std::int64_t out = progress % count;
  const std::int64_t stop = std::min(out + kMergeStep, count);
  while (out < stop) {
    const std::int64_t start = out / (2 * width) * (2 * width);
    const std::int64_t middle = std::min(start + width, count);
    const std::int64_t end = std::min(start + 2 * width, count);
    // How many of the left run are among the first `out - start` of the merged ones.
    const std::int64_t taken = out - start;
    std::int64_t low = std::max<std::int64_t>(0, taken - (end - middle));
    std::int64_t high = std::min(taken, middle - start);
    while (low < high) {
      const std::int64_t i = low + (high - low) / 2;
      const std::int64_t j = taken - i;
      if (j > 0 && !less(source[middle + j - 1], source[start + i])) {
        low = i + 1;
      } else {
        high = i;
      }
    }
    std::int64_t left = start + low;
    std::int64_t right = middle + taken - low;
    const std::int64_t until = std::min(stop, end);
    while (out < until) {
      const bool from_right = left == middle || (right < end && less(source[right], source[left]));
      target[out++] = from_right ? source[right++] : source[left++];
    }
  }
  progress = (pass + 1) * count + out;
  return true;
}

/// Makes all Strings of a list flat, so that they can be compared without allocating.
NativeStatus flatten_texts(NativeContext& native) {
  const std::int64_t count = list_at(native, 0)->count;
  for (std::int64_t k = 0; k < count; ++k) {
    Object* text = list_at(native, 0)->storage->pointers()[k];
    if (text->class_id() != kRope) continue;
    Root root(native.process, text);
    if (!flat_string(native.process, root.object)) return NativeStatus::trap;
    list_at(native, 0)->storage->pointers()[k] = root.object;
    if (out_of_slice(native)) return NativeStatus::again;
  }
  return NativeStatus::ok;
}

NativeStatus refuse_nan(NativeContext& native) {
  const ListObject* list = list_at(native, 0);
  for (std::int64_t k = 0; k < list->count; ++k) {
    if (std::isnan(list->storage->slots()[k].f)) {
      return native.trap(Code::key_nan, "nan at index " + std::to_string(k) + " has no order");
    }
  }
  native.charge(static_cast<std::uint64_t>(list->count) / 8);
  return NativeStatus::ok;
}

/// What must be done before elements are compared.
NativeStatus prepare(NativeContext& native, Order order) {
  if (order == Order::texts) return flatten_texts(native);
  return order == Order::floats ? refuse_nan(native) : NativeStatus::ok;
}

std::string_view text_of(const Object* object) {
  return static_cast<const StringObject*>(object)->view();
}

/// Runs steps of `step` until it is done or the slice ends. Progress 0 means not begun: it is kept one higher.
template <class Step>
bool run_steps(NativeContext& native, const Step& step) {
  std::int64_t progress = native.process.native_progress - 1;
  while (true) {
    const std::int64_t before = progress;
    const bool more = step(progress);
    native.charge(static_cast<std::uint64_t>(progress - before) / 2);  // about 5 ns an element
    if (!more) return true;
    if (out_of_slice(native)) {
      native.process.native_progress = progress + 1;
      return false;
    }
  }
}

/// First call of a sort: checks, and a scratch array of the storage kind.
NativeStatus begin_sort(NativeContext& native, Order order, Storage kind) {
  const NativeStatus ready = prepare(native, order);
  if (ready != NativeStatus::ok) return ready;
  const std::int64_t count = list_at(native, 0)->count;
  if (count > kRun) {
    Object* scratch = new_storage(native.process, kind, count);
    if (!scratch) return NativeStatus::trap;
    native.process.native_scratch = scratch;
  }
  native.process.native_progress = 1;
  return NativeStatus::ok;
}

NativeStatus sort(NativeContext& native) {
  const Order order = order_of(native, native.p[0]);
  if (order == Order::none) return no_order(native);
  if (list_at(native, 0)->count < 2) {
    return order == Order::floats && list_at(native, 0)->count == 1 ? refuse_nan(native) : NativeStatus::ok;
  }
  const Storage kind = element_storage(native, native.p[0]);
  if (native.process.native_progress == 0) {
    const NativeStatus begun = begin_sort(native, order, kind);
    if (begun != NativeStatus::ok) return begun;
  }
  ListObject* list = list_at(native, 0);
  Object* storage = list->storage;
  Object* scratch = native.process.native_scratch ? native.process.native_scratch : storage;
  const std::int64_t count = list->count;
  const bool done = run_steps(native, [&](std::int64_t& progress) {
    if (kind == Storage::byte) {
      return sort_step(progress, storage->bytes(), scratch->bytes(), count, std::less<>());
    }
    if (order == Order::texts) {
      return sort_step(progress, storage->pointers(), scratch->pointers(), count,
                       [](const Object* a, const Object* b) { return text_of(a) < text_of(b); });
    }
    if (order == Order::floats) {
      return sort_step(progress, storage->slots(), scratch->slots(), count, [](Slot a, Slot b) { return a.f < b.f; });
    }
    return sort_step(progress, storage->slots(), scratch->slots(), count, [](Slot a, Slot b) { return a.i < b.i; });
  });
  if (!done) return NativeStatus::again;
  end_steps(native.process);
  return NativeStatus::ok;
}

/// Calls `use(less)` with the comparison of two element positions.
template <class Use>
auto with_less(const ListObject* list, Storage kind, Order order, const Use& use) {
  const Object* storage = list->storage;
  if (kind == Storage::byte) {
    return use([=](std::int64_t a, std::int64_t b) { return storage->bytes()[a] < storage->bytes()[b]; });
  }
  if (order == Order::texts) {
    return use([=](std::int64_t a, std::int64_t b) {
      return text_of(storage->pointers()[a]) < text_of(storage->pointers()[b]);
    });
  }
  if (order == Order::floats) {
    return use([=](std::int64_t a, std::int64_t b) { return storage->slots()[a].f < storage->slots()[b].f; });
  }
  return use([=](std::int64_t a, std::int64_t b) { return storage->slots()[a].i < storage->slots()[b].i; });
}

/// order(): sorts the positions. p[0] stays the list; the result and the scratch are lists in native_scratch:
/// a list of ints whose storage has room for both halves.
NativeStatus order(NativeContext& native) {
  const Order by = order_of(native, native.p[0]);
  if (by == Order::none) return no_order(native);
  const std::int64_t count = list_at(native, 0)->count;
  const Storage kind = element_storage(native, native.p[0]);
  if (native.process.native_progress == 0) {
    if (count > 0) {
      const NativeStatus ready = prepare(native, by);
      if (ready != NativeStatus::ok) return ready;
    }
    ListObject* positions = new_list(native.process, result_type(native), 2 * count);
    if (!positions) return NativeStatus::trap;
    positions->count = count;
    for (std::int64_t k = 0; k < count; ++k) positions->storage->slots()[k].i = k;
    native.process.native_scratch = positions;
    native.process.native_progress = 1;
  }
  auto* positions = static_cast<ListObject*>(native.process.native_scratch);
  if (count > 1) {
    auto* numbers = &positions->storage->slots()[0].i;
    const bool done = with_less(list_at(native, 0), kind, by, [&](const auto& less) {
      return run_steps(
          native, [&](std::int64_t& progress) { return sort_step(progress, numbers, numbers + count, count, less); });
    });
    if (!done) return NativeStatus::again;
  }
  end_steps(native.process);
  return give(native, positions);
}

NativeStatus extreme(NativeContext& native, bool greatest) {
  const Order by = order_of(native, native.p[0]);
  if (by == Order::none) return no_order(native);
  if (list_at(native, 0)->count == 0) return give_int(native, -1);
  if (native.process.native_progress == 0) {
    const NativeStatus ready = prepare(native, by);
    if (ready != NativeStatus::ok) return ready;
  }
  const ListObject* list = list_at(native, 0);
  const std::int64_t best = with_less(list, element_storage(native, list), by, [&](const auto& less) {
    std::int64_t at = 0;
    for (std::int64_t k = 1; k < list->count; ++k) {
      if (greatest ? less(at, k) : less(k, at)) at = k;
    }
    return at;
  });
  native.charge(static_cast<std::uint64_t>(list->count) / 8);
  end_steps(native.process);
  return give_int(native, best);
}

NativeStatus min_index(NativeContext& native) {
  return extreme(native, false);
}
NativeStatus max_index(NativeContext& native) {
  return extreme(native, true);
}

constexpr NativeEntry kEntries[] = {
    {"list.sort", "(List<T>)void", sort},
    {"list.order", "(List<T>)List<int>", order},
    {"list.minIndex", "(List<T>)int", min_index},
    {"list.maxIndex", "(List<T>)int", max_index},
};

}  // namespace

NativeTable list_order_natives() {
  return kEntries;
}

}  // namespace noodle::vm
