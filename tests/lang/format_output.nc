// file header

/// doc of f
func f(
  a: int, // first
  b: int /* second */
): int { // brace
  // leading

  // two
  let x =
    a +
      // plus
      b; // trailing x
  /* block */ let y = 3;
  foo(
    a,
    /* why */ b,
    // own line
    c
  );
  foo(/* none */);
  foo(// c
  );
  if (a) {} // after then
  else { // other
    x;
  }
  if (a) return 1; // r1
  // between
  else return 2;
  let z = veryLongFunctionName(
    argumentNumberOne,
    argumentNumberTwo,
    argumentNumberThree,
    argumentNumberFour
  );
  let zz = someObject.methodOne(x => x + 1)
    .methodTwo(y => {
      return y;
    })
    .methodThree(argumentNumberFour, argumentNumberFive)
    .four();
  let c =
    someConditionThatIsLong && anotherConditionThatIsLong ||
      yetAnotherConditionThatIsLong && theLastOne > 5;
  let t =
    someConditionThatIsLong
      ? "a rather long string literal that takes space"
      : "another rather long string literal";
  let o = {
    name: "x",
    value: [1, 2, 3],
    nested: { a: 1, b: someFunction(1, 2, 3), ccccccccccccccccccc: 55555555555555 }
  };
  list.map(x => {
    // c in lambda
    return x;
  });
  list
    // chain comment
    .map(x => x)
    .filter(y => y); // end
  return match (x) { case 1 => "a", case 2 | 3 => "b", case n if n > 3 => "c", case _ => "d" };
  // last in block
}

/*
 * stars
 * here
 */
class A {} // tr

/* odd
     block
   text */
enum E {
  a, // first
  b(x: int), /// doc c
  c
}

enum F {
  a,
  b,
  func g(): int {
    return 1;
  }
}

match (x) {
  // in match
  case 1 => {
    f();
  } // t
  case _ => g() // u
  // end
}
let tpl = `a ${b /* in tpl */ + `x${y}`} 
 c`;
let lam = func (x: int): String {
  return `${x}`;
};
let n = - -x;
let m = -(--x);
let k = a - -b;
let g = x is T ? 1 : 2;
let h = x as (T?);
let q = x as (func(int): int);
let v: func(int): (func(): String)? = null;
while (x);
for (;;) {
  break;
}
for (let i = 0; i < 10; i++) print(i);
x = y = z;
try {} finally {}
try {
  a();
} catch (e) {
  case Error(c, m) => print(c)
  case _ => throw e
} finally {
  b();
}
@cap("x")
@cost(5)
export func h<T: I<int>, U>(x: T = 3, f: func(T, U): bool): U?;

// eof comment

actor Counter(
  start: int,
  label: String = "a label that is long enough",
  other: Map<String, List<int>> = {}
) implements Countable, Resettable {
  n: int = 0;
  List<int> xs;
  on add(k: int): int {
    n += k;
    return n;
  }
  every 5s {
    n = 0;
  }
  private static int limit = 10;
}

interface Countable {
  func add(k: int): int;
  func reset();
}

agent Reviewer implements Tool {
  name: 'review';
  capabilities: ['a', 'b'];
  requires db.read, fs.read('/data');
}

supervisor App(n: int) {
  strategy: one_for_all;
  period: 10s;
  child Worker(n) with {
    name: 'worker',
    memory: 16MB,
    restart: permanent,
    caps: ['metrics.read', 'events']
  };
  child Other();
}

type Names<T> = Map<String, List<T>>;
const LIMIT = 0xFF_FF;

test "adds" {
  assert(1 + 1 == 2);
  assert_throws(1606, () => {
    f();
  });
}

class VeryLongClassNameThatNeedsSpace<T: Comparable>
    extends AnotherVeryLongClassName<T>
    implements First, Second, Third {}

let numbers = [
  1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000, 9000000, 10000000,
  -11000000
];
let where = spawn Worker(1) with { memory: 16MB, fuel: 1_000_000, name: "a worker" } where label(
  "gpu"
) &&
  free(memory: 1GB);
receive {
  case down(ref, reason) => {
    f();
  }
  case Tick(n) if n > 1 => print(n)
  after 5s => return
}
