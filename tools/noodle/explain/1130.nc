func five(): int { return "five"; }
// ---- instead
func five(): int { return 5; }
print(five());
