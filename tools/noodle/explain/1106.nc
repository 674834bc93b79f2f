class Safe { private code: int = 7; }
print(Safe().code);
// ---- instead
class Safe {
  private code: int = 7;
  func check(n: int): bool { return n == code; }
}
print(Safe().check(7));
