actor Narcissus {
  on look(): int { return ask self.see(); }
  on see(): int { return 1; }
}
let n = spawn Narcissus();
try { ask n.look(); } catch (e) { throw e.cause ?? e; }
// ---- instead
actor Calm {
  on look(): int { return see(); }
  func see(): int { return 1; }
}
let n = spawn Calm();
print(ask n.look());
