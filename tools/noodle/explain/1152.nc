interface Sized { func size(): int }
func total<T: Sized>(xs: List<T>): int { return xs.length; }
print(total([1, 2]));
// ---- instead
interface Sized { func size(): int }
class Box implements Sized { func size(): int { return 2; } }
func total<T: Sized>(xs: List<T>): int { return xs.length; }
print(total([Box(), Box()]));
