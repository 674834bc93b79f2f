// Links the messages layer alone.
#include "messages/msg.hpp"
#include "messages/work.capnp.h"

int main() {
  using namespace noodle;
  const auto kill = Msg<wire::Kill>::build([](wire::Kill::Builder k) { k.setRun(7); });
  const auto received = Msg<wire::Kill>::from_bytes(Msg<wire::Kill>::kTypeId, kill.frame()->bytes());
  return received.ok() && (*received)->getRun() == 7 ? 0 : 1;
}
